"""Operations for migrations that Django lacks."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Several operations that see one state of the models: the state after the last of them.

    After each single operation Django builds again every model that is related to the one that changed. In this portal
    each is related to nearly every other one, so that making a hundred tables one by one takes the time of ten thousand.
    Only for operations that read the new state and nothing else, such as making tables or triggers.
    """

    reduces_to_sql = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        return self.__class__.__name__, (), {"operations": self.operations}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # built again at once, when it is asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._each(
            self.operations, "database_forwards", app_label, schema_editor, from_state, to_state
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._each(
            reversed(self.operations),
            "database_backwards",
            app_label,
            schema_editor,
            from_state,
            to_state,
        )

    @staticmethod
    def _each(operations: Iterable[Operation], way: str, app_label: str, *states: Any) -> None:
        for operation in operations:
            getattr(operation, way)(app_label, *states)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)
