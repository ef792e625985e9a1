"""Check a drafted reply against the reply rules (答复规范): warnings that a person weighs, never a refusal.

What a reply must say and must not say belongs here; finding text pasted from other cases stands in ``pasted_text``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.rules.full_width import narrow
from engine.rules.masking import find_personal_numbers
from engine.rules.numbers import find_mentions
from engine.rules.pasted_text import Run, RunFinder

#: The parts of a reply (domain: reply rules; 条例 32 [law]) with their names in Chinese and English.
PARTS: Final = {
    "facts": ("核实情况", "facts found"),
    "basis": ("政策依据", "legal basis"),
    "action": ("处理情况", "what was done"),
    "next_step": ("下一步措施", "next steps"),
    "contact": ("联系方式", "contact"),
}
_NAMES: Final = PARTS | {"public_text": ("公开答复", "public text")}
#: The outcome 不予支持, which owes the petitioner reasons and remedies (条例 32 [law]).
NOT_SUPPORTED: Final = "not_supported"

#: What is told about the case. The legal basis and the contact may well read alike in two cases.
_NARRATIVE: Final = ("facts", "action", "next_step", "public_text")
#: Where something is promised; 近期 among the facts is a description.
_PROMISING: Final = ("action", "next_step", "public_text")
_FEWEST_CHARACTERS: Final = {"facts": 15, "action": 15, "public_text": 50}

_BLANK: Final = re.compile(r"[\s/\-.。无略暂]*")
_PROMISE: Final = re.compile("近期|尽快|尽早|即将|研究研究|进一步研究|适时|择机|酌情|早日(?!康复)|不久的将来|条件成熟")
_SENTENCE: Final = re.compile(r"[^。！？；!?;\n]+")
#: A day or a span that the promise binds itself to: 3月5日前, 10个工作日内, 月底前.
_TERM: Final = re.compile(r"(?:[0-9一二三四五六七八九十]+个?(?:工作)?[日天周月]|月底|年底)(?:之?前|以?内)")
_REMEDY: Final = re.compile("复查|复核|行政复议|诉讼|仲裁|申诉")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyParts:
    """A reply as drafted, and what must not show in it: the case's number is its own, the rest the petitioner's."""

    facts: str = ""
    basis: str = ""
    action: str = ""
    next_step: str = ""
    contact: str = ""
    outcome: str = ""
    public_text: str = ""
    number: str = ""
    petitioner_name: str = ""
    petitioner_phone: str = ""

    def text(self, field: str) -> str:
        """Return the text of ``field``."""
        return str(getattr(self, field))


@dataclass(frozen=True, slots=True)
class OtherReply:
    """The reply of another case, to compare with."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyWarning:
    """Something to look at in ``field``, between the characters ``start`` and ``end``."""

    code: str
    field: str
    start: int
    end: int
    message_zh: str
    message_en: str


def check_reply(parts: ReplyParts, others: Iterable[OtherReply] = ()) -> list[ReplyWarning]:
    """Return what a reviewer should look at, in the order of the checks; ``others`` are replies of other cases."""
    return [
        *_missing_parts(parts),
        *_short_parts(parts),
        *_missing_remedy(parts),
        *_empty_promises(parts),
        *_personal_numbers(parts),
        *_petitioner_names(parts),
        *_foreign_numbers(parts),
        *_pasted_text(parts, [other for other in others if other.number != parts.number]),
    ]


def _warn(code: str, field: str, place: tuple[int, int], message_zh: str, message_en: str) -> ReplyWarning:
    name_zh, name_en = _NAMES[field]
    start, end = place
    return ReplyWarning(code, field, start, end, f"“{name_zh}”{message_zh}", f"{name_en.capitalize()}: {message_en}")


def _missing_parts(parts: ReplyParts) -> Iterator[ReplyWarning]:
    for field in PARTS:
        text = parts.text(field)
        if _BLANK.fullmatch(text):
            yield _warn("part_missing", field, (0, len(text)), "未填写。", "this part is missing.")


def _short_parts(parts: ReplyParts) -> Iterator[ReplyWarning]:
    for field, fewest in _FEWEST_CHARACTERS.items():
        text = parts.text(field)
        length = len("".join(text.split()))
        if not _BLANK.fullmatch(text) and length < fewest:
            zh = f"只有{length}字，过于简单，至少{fewest}字。"
            yield _warn(
                "too_short", field, (0, len(text)), zh, f"{length} characters say little; write {fewest} or more."
            )


def _missing_remedy(parts: ReplyParts) -> Iterator[ReplyWarning]:
    told = "".join(parts.text(field) for field in (*PARTS, "public_text"))
    if parts.outcome == NOT_SUPPORTED and not _REMEDY.search(told):
        zh = "不予支持的，应当说明理由并告知复查、复议、诉讼等救济途径。"
        en = "a refusal gives reasons and tells the petitioner the remedies (review, reconsideration, court)."
        yield _warn("remedy_missing", "next_step", (0, len(parts.next_step)), zh, en)


def _empty_promises(parts: ReplyParts) -> Iterator[ReplyWarning]:
    for field in _PROMISING:
        text = parts.text(field)
        for sentence in _SENTENCE.finditer(text):
            if _TERM.search(narrow(sentence.group())):
                continue
            for match in _PROMISE.finditer(text, sentence.start(), sentence.end()):
                zh = f"中的“{match.group()}”没有期限，请写明具体时间。"
                en = f"“{match.group()}” promises without a date; say by when."
                yield _warn("empty_promise", field, match.span(), zh, en)


def _personal_numbers(parts: ReplyParts) -> Iterator[ReplyWarning]:
    """Warn of identity numbers, of mobiles that are not the given contact, and of the petitioner's own number."""
    contacts = {_digits(number.text) for number in find_personal_numbers(parts.contact)}
    own = _digits(parts.petitioner_phone)
    for number in find_personal_numbers(parts.public_text):
        place = (number.start, number.end)
        digits = _digits(number.text)
        if number.kind == "identity":
            yield _warn(
                "id_number", "public_text", place, "含有证件或银行卡号码。", "it shows an identity or card number."
            )
        elif digits == own or (number.kind == "mobile" and digits not in contacts):
            yield _warn(
                "phone_number", "public_text", place, "含有个人电话号码。", "it shows a personal telephone number."
            )


def _petitioner_names(parts: ReplyParts) -> Iterator[ReplyWarning]:
    name = parts.petitioner_name.strip()
    # a surname alone is in half of all words
    if len(name) > 1:
        for match in re.finditer(re.escape(name), parts.public_text):
            yield _warn("petitioner_name", "public_text", match.span(), "含有来信人姓名。", "it names the petitioner.")


def _foreign_numbers(parts: ReplyParts) -> Iterator[ReplyWarning]:
    for field in (*PARTS, "public_text"):
        for mention in find_mentions(parts.text(field)):
            if str(mention.number) != parts.number:
                zh = f"出现其他信件编号{mention.number}，请核对是否粘贴有误。"
                en = f"it mentions another case, {mention.number}; was it pasted by mistake?"
                yield _warn("foreign_number", field, (mention.start, mention.end), zh, en)


def _pasted_text(parts: ReplyParts, others: Sequence[OtherReply]) -> Iterator[ReplyWarning]:
    for field in _NARRATIVE:
        finder = RunFinder(parts.text(field))
        runs = [(run, other) for other in others if (run := finder.longest_in(other.text))]
        if runs:
            run, other = max(runs, key=_run_length)
            zh = f"有{run.length}字与信件{other.number}的答复相同，请核对是否粘贴有误。"
            en = f"{run.length} characters are the same as in the reply to {other.number}; was it pasted by mistake?"
            yield _warn("pasted_text", field, (run.start, run.end), zh, en)


def _run_length(found: tuple[Run, OtherReply]) -> int:
    return found[0].length


def _digits(text: str) -> str:
    """Return the digits of a telephone number, less the country's 86."""
    digits = re.sub(r"[^0-9]", "", narrow(text))
    return digits.removeprefix("86") if len(digits) > len("13812345678") else digits
