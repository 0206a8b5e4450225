class DomainError(Exception):
    """An anticipated refusal; `message` is a Dutch sentence, shown to the user as it stands.

    `code` is a stable upper-case code for machines (test vectors, the log), empty when nobody needs one.
    `field` names what was typed that is refused, for the form that has it; empty when it is about the whole.
    """

    code = ""

    def __init__(self, message: str = "", *, code: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
