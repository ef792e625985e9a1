"""Who may see and do what.

Roles say what somebody does, the unit says for whom, and an accusation (举报) narrows both. Predicates decide
on one case or task; ``case_scope`` says the same as data, for a query over many. Being allowed to see is asked
apart from being allowed to work: services ask both. How texts are masked stands in ``masking``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.vocabulary import PetitionType, Role

#: Held by the centre (网管中心), which runs every case of the county.
CENTRE_ROLES: Final = frozenset(
    {
        Role.INTAKE,
        Role.DISPATCHER,
        Role.REVIEWER,
        Role.FINAL_REVIEWER,
        Role.FOLLOW_UP,
        Role.SUPERVISOR,
    }
)
#: Held for one unit each, and worth nothing outside it.
UNIT_ROLES: Final = frozenset({Role.HANDLER, Role.UNIT_HEAD})
#: See every case. Procedure editors and administrators are absent on purpose: they read no petition.
_COUNTY_ROLES: Final = CENTRE_ROLES | {Role.LEADER, Role.AUDITOR}


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever asks: an account, its roles, and the unit it belongs to if any."""

    account_id: int
    username: str
    roles: frozenset[Role]
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What access to a case depends on: codes of its units, lead and assisting, now and before."""

    petition_type: PetitionType
    units: frozenset[str] = frozenset()
    past_units: frozenset[str] = frozenset()
    complained_unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The cases a principal may see: ``(all or units or accusations) and not hidden``.

    ``units``: cases one of these is or was lead or assisting unit of. ``accusations``: every accusation.
    ``hide_accusations_against``: less the accusations against this unit, whatever the rest says.
    """

    all: bool
    units: frozenset[str]
    accusations: bool
    hide_accusations_against: str | None

    def covers(self, facts: CaseFacts) -> bool:
        """Tell whether a case is in this scope."""
        accusation = facts.petition_type == PetitionType.ACCUSATION
        if accusation and facts.complained_unit and facts.complained_unit == self.hide_accusations_against:
            return False
        involved = bool(self.units & (facts.units | facts.past_units))
        return self.all or involved or (self.accusations and accusation)


def case_scope(principal: Principal) -> Scope:
    """Return which cases ``principal`` may see, as data a query can be made of.

    Centre, leader and auditor: all. Handler and unit head: those their unit works on or worked on.
    Confidential officer: accusations. Procedure editor and administrator: none by virtue of it. Nobody, in
    whatever role, sees an accusation against the unit they belong to (domain: duties).
    """
    in_unit = principal.unit is not None and not principal.roles.isdisjoint(UNIT_ROLES)
    return Scope(
        all=not principal.roles.isdisjoint(_COUNTY_ROLES),
        units=frozenset({principal.unit} if in_unit and principal.unit else ()),
        accusations=Role.CONFIDENTIAL_OFFICER in principal.roles,
        hide_accusations_against=principal.unit,
    )


def may_see_case(principal: Principal, facts: CaseFacts) -> bool:
    """Tell whether ``principal`` may read a case, its petitioner masked."""
    return case_scope(principal).covers(facts)


def may_work_task(principal: Principal, role: str, unit: str | None) -> bool:
    """Tell whether a task of ``role``, and of ``unit`` unless it is county-wide, is ``principal``'s to do."""
    return role in principal.roles and (unit is None or unit == principal.unit)


def may_see_identity(principal: Principal, facts: CaseFacts) -> bool:
    """Tell whether ``principal`` may unmask who wrote.

    Of an accusation the confidential officer alone. Of other letters those who deal with the petitioner: the
    centre and the units now on the case; not the leader, the auditor or a unit that handed the case back
    (个人信息保护法 6: the least that the purpose needs). Every unmasking is logged by whoever calls this.
    """
    if not may_see_case(principal, facts):
        return False
    if facts.petition_type == PetitionType.ACCUSATION:
        return Role.CONFIDENTIAL_OFFICER in principal.roles
    in_unit = principal.unit in facts.units and not principal.roles.isdisjoint(UNIT_ROLES)
    return in_unit or not principal.roles.isdisjoint(CENTRE_ROLES)
