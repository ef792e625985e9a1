"""Notice words of somebody who speaks of ending their life (危机干预).

A suggestion and nothing more: a person reads the letter and confirms within 30 minutes, or dismisses it. So
the list leans to noticing. But it keeps clear of what people merely "die of" in Chinese (气死, 饿死, 冻死) and of
the same characters in other words (减轻生活负担, 私自焚烧, 马上吊装, 跳楼价), lest nobody heed it any more.
"""

from __future__ import annotations

import re
from typing import Final

_WISHES: Final = (
    r"不想活(?![跃动])",
    r"(?:不愿|没法|无法|不能)再?活(?:了|下去)",
    r"(?<![店铺厂业司意行场树苗鱼猪鸡鸭牛羊都])活不下去|(?<![店铺厂业司意行场树苗鱼猪鸡鸭牛羊])都活不下去",
    r"活下去的(?:勇气|希望|信心|动力|理由)",
    r"(?<!生)活够了|活着(?:还|也|都)?(?:没有?|有)(?:什么|啥)?(?:意思|意义|盼头)",
    r"(?<![不没联])想死(?![你您他她它我咱亡者机])|寻死|[只但]求一死",
    r"(?:不如|只有|只能|唯有)(?:一死|去死|死了|死路一条)|死了算了|生不如死|一死了之",
    r"没有?活路|活路都没",
    r"以死(?:相逼|明志|抗争|谢罪)|死给你们?看|死在(?:你们|县?政府|村委会|办公室)",
    r"(?:想|打算|不如)(?:早点)?离开(?:这个世界|人世)",
)
_DEEDS: Final = (
    r"(?<![反防禁])自杀(?!式)|(?<![各独亲])自尽(?![力责职量早快心])|寻短见|想不开(?!心)",
    r"(?<![年减])轻生|自我了[断结]|了[断结]自己",
    r"(?:结束|了结|了断)(?:我|自己|我自己)?的?(?:生命|性命|一生)",
    r"(?<!非)遗书|绝笔|永别|同归于尽",
    r"跳楼(?![价机大甩清减])|跳(?:河|江|桥|崖|水库)(?![边村镇乡路])",
    r"割腕|(?<![马晚早以网楼路街地天场山])上吊(?![针瓶车水顶装灯篮])",
    r"自焚(?![烧毁化香纸])|服毒(?!品)|烧炭自",
    r"喝(?:农药|敌敌畏|百草枯|老鼠药)|吞[下服]?(?:安眠药|农药)",
)
_CRISIS: Final = re.compile("|".join((*_WISHES, *_DEEDS)))


def suggest_crisis(text: str) -> tuple[str, ...]:
    """Return the phrases of ``text`` that suggest a crisis, each once, in order; empty when nothing does."""
    return tuple(dict.fromkeys(match.group() for match in _CRISIS.finditer(text)))
