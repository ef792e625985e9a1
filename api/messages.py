"""Texts in both languages, and which of the two this request is answered in.

Here belong the language of a request and what checks of input say. Errors of the engine carry their own texts.
"""

from __future__ import annotations

from typing import Final, Self

from flask import g, has_request_context, request

LANGUAGES: Final = ("zh", "en")
#: Where the API lives; programs say their language with every request, people choose it once.
PREFIX: Final = "/api/"


def current_language() -> str:
    """Return ``zh`` or ``en``: the page's choice in ``g.language``, else what Accept-Language prefers."""
    if not has_request_context():
        return LANGUAGES[0]
    chosen = g.get("language")
    if chosen in LANGUAGES and not request.path.startswith(PREFIX):
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


class Text(str):
    """A text that is put into the language of the request when it is formatted.

    marshmallow keeps messages as strings and formats them when it refuses, which is when we know the language.
    """

    __slots__ = ("en", "zh")

    zh: str
    en: str

    def __new__(cls, zh: str, en: str) -> Self:
        """Keep both languages; the plain string is the Chinese one."""
        text = super().__new__(cls, zh)
        text.zh, text.en = zh, en
        return text

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def format(self, *arguments: object, **names: object) -> str:
        """Return the text in the language of the request, filled in."""
        chosen = self.zh if current_language() == "zh" else self.en
        return chosen.format(*arguments, **names)


def say(message: object) -> str:
    """Return a message that nobody has formatted yet."""
    return message.format() if isinstance(message, Text) else str(message)


REQUIRED: Final = Text("请填写此项。", "Fill this in.")
UNKNOWN: Final = Text("没有这一项,请删去。", "There is no such field; leave it out.")
NOT_AN_OBJECT: Final = Text(
    '应为 JSON 对象,例如 {{"名称": "值"}}。', 'Send a JSON object, such as {{"name": "value"}}.'
)
NOT_JSON: Final = Text("请求体不是有效的 JSON。", "The body is not valid JSON.")
NOT_TEXT: Final = Text("应为文本。", "Send text.")
NOT_A_NUMBER: Final = Text("应为数字。", "Send a number.")
NOT_WHOLE: Final = Text("应为整数。", "Send a whole number.")
NOT_YES_OR_NO: Final = Text("应为 true 或 false。", "Send true or false.")
NOT_A_DATE: Final = Text("应为日期,例如 2020-03-31。", "Send a date such as 2020-03-31.")
NOT_A_TIME: Final = Text("应为时间,例如 09:30。", "Send a time such as 09:30.")
NOT_A_MOMENT: Final = Text(
    "应为日期和时间,例如 2020-03-31T09:30:00+08:00。", "Send a date and time such as 2020-03-31T09:30:00+08:00."
)
NOT_A_LIST: Final = Text("应为列表。", "Send a list.")
TOO_SHORT: Final = Text("至少 {min} 个字。", "At least {min} characters.")
TOO_LONG: Final = Text("最多 {max} 个字。", "At most {max} characters.")
NOT_SO_LONG: Final = Text("应为 {min} 至 {max} 个字。", "Between {min} and {max} characters.")
TOO_FEW: Final = Text("至少选 {min} 项。", "Choose at least {min}.")
TOO_MANY: Final = Text("最多 {max} 项。", "At most {max} entries.")
NOT_SO_MANY: Final = Text("应选 {min} 至 {max} 项。", "Choose between {min} and {max}.")
TOO_SMALL: Final = Text("不得小于 {min}。", "It may not be less than {min}.")
TOO_LARGE: Final = Text("不得大于 {max}。", "It may not be more than {max}.")
NOT_BETWEEN: Final = Text("应在 {min} 与 {max} 之间。", "It must be between {min} and {max}.")
NOT_A_CHOICE: Final = Text("没有这个选项,可选:{choices}。", "There is no such choice; choose from: {choices}.")
CONTROL_CHARACTER: Final = Text("含有不可见的控制字符,请删去。", "It contains a control character; remove it.")
