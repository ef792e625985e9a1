"""Read XML that somebody uploaded: the one hardened entrance for BPMN and DMN.

Here belong the parser's limits and the namespace names. What the elements mean is for the modules that read
them.
"""

from __future__ import annotations

from lxml import etree

from engine.errors import WenzhengError

BPMN_NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI_NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/DI"
CAMUNDA_NAMESPACE = "http://camunda.org/schema/1.0/bpmn"

#: A procedure drawn by hand stays far below these; a model made to exhaust memory does not.
MAX_BYTES = 4 * 1024 * 1024
MAX_ELEMENTS = 50_000


class InvalidModel(WenzhengError):
    """A file of a bundle cannot be read; ``fields`` has ``file`` and, where known, ``line``."""

    code = "invalid_model"


def bpmn(name: str) -> str:
    """Return the qualified tag of a BPMN element."""
    return f"{{{BPMN_NAMESPACE}}}{name}"


def camunda(name: str) -> str:
    """Return the qualified name of a camunda attribute or element."""
    return f"{{{CAMUNDA_NAMESPACE}}}{name}"


def local_name(element: etree._Element) -> str:
    """Return the element's tag without its namespace."""
    return etree.QName(element).localname


def parse_xml(data: bytes | str, *, file: str) -> etree._Element:
    """Parse ``data`` without entities, network or DOCTYPE and return the root element.

    Raises:
        InvalidModel: not UTF-8, malformed, with a DOCTYPE, too large or too deep.

    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > MAX_BYTES:
        raise InvalidModel(
            f"{file} is larger than {MAX_BYTES} bytes.",
            message_zh=f"{file} 超过 {MAX_BYTES} 字节。",
            file=file,
            reason="too_large",
        )
    _require_utf8(raw, file)
    root = _parse(raw, file)
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise InvalidModel(
            f"{file} has a DOCTYPE; document types and entities are not accepted.",
            message_zh=f"{file} 含有 DOCTYPE；不接受文档类型声明和实体。",
            file=file,
            line=1,
            reason="doctype",
        )
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise InvalidModel(
            f"{file} has more than {MAX_ELEMENTS} elements.",
            message_zh=f"{file} 的元素超过 {MAX_ELEMENTS} 个。",
            file=file,
            reason="too_large",
        )
    return root


def _require_utf8(raw: bytes, file: str) -> None:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidModel(
            f"{file} is not UTF-8 text (byte {error.start}).",
            message_zh=f"{file} 不是 UTF-8 编码的文本（第 {error.start} 字节）。",
            file=file,
            reason="not_utf8",
        ) from error


def _parse(raw: bytes, file: str) -> etree._Element:
    # The declared encoding is overridden: the bytes were just proved to be UTF-8.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise InvalidModel(
            f"{file} is not well-formed XML: {error}",
            message_zh=f"{file} 不是格式正确的 XML：{error}",
            file=file,
            line=line,
            reason="malformed",
        ) from error
