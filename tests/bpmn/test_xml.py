from __future__ import annotations

import pytest

from engine.bpmn.xml import MAX_BYTES, MAX_ELEMENTS, InvalidModel, parse_xml
from tests.bpmn.models import MAIN, definitions

BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>'
EXTERNAL = '<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/passwd">]><a>&secret;</a>'
REMOTE = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'
BILLION = (
    "<!DOCTYPE a ["
    "<!ENTITY e0 'ha'>" + "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12)) + "]><a b='&e11;'/>"
)


def reason(data: bytes | str) -> object:
    with pytest.raises(InvalidModel) as refused:
        parse_xml(data, file="main.bpmn")
    assert refused.value.fields["file"] == "main.bpmn"
    assert refused.value.message_zh != refused.value.message_en
    return refused.value.fields["reason"]


def test_text_and_bytes_are_read_alike() -> None:
    text = definitions(MAIN)

    assert parse_xml(text, file="a").tag == parse_xml(text.encode(), file="a").tag
    assert parse_xml("\ufeff<a/>".encode(), file="a").tag == "a"


def test_a_declaration_of_another_encoding_does_not_garble_utf8() -> None:
    root = parse_xml('<?xml version="1.0" encoding="GB2312"?><a name="问政"/>', file="a")

    assert root.get("name") == "问政"


@pytest.mark.parametrize("text", [BOMB, EXTERNAL, REMOTE, "<!DOCTYPE a><a/>"])
def test_a_document_type_is_refused_whatever_is_in_it(text: str) -> None:
    assert reason(text) == "doctype"


def test_a_billion_laughs_are_refused_without_being_laughed() -> None:
    assert reason(BILLION) in {"doctype", "malformed"}


def test_malformed_xml_names_the_line() -> None:
    with pytest.raises(InvalidModel) as refused:
        parse_xml("<a>\n<b>\n</a>", file="main.bpmn")

    assert refused.value.fields["line"] == 3


@pytest.mark.parametrize("data", ["", "no xml", "<a/><b/>", "<a>\x00</a>", "<a>&undefined;</a>", "<a \ud800/>"])
def test_what_is_not_xml_is_refused(data: str) -> None:
    assert reason(data) in {"malformed", "not_utf8"}


def test_other_encodings_are_refused() -> None:
    assert reason("<a name='问政'/>".encode("gbk")) == "not_utf8"
    assert reason("<a/>".encode("utf-16")) == "not_utf8"


def test_size_number_of_elements_and_depth_are_limited() -> None:
    assert reason(b"<a>" + b" " * MAX_BYTES + b"</a>") == "too_large"
    assert reason("<a>" + "<b/>" * MAX_ELEMENTS + "</a>") == "too_large"
    assert reason("<a>" * 2000 + "</a>" * 2000) == "malformed"


def test_comments_and_processing_instructions_are_dropped() -> None:
    root = parse_xml("<a><!-- <!DOCTYPE a> --><?php echo ?><b/></a>", file="a")

    assert [child.tag for child in root] == ["b"]
