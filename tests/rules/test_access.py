"""Who may see and do what (domain: the people, duties)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.access import (
    CENTRE_ROLES,
    UNIT_ROLES,
    CaseFacts,
    Principal,
    case_scope,
    may_see_case,
    may_see_identity,
    may_work_task,
)
from engine.vocabulary import PetitionType, Role

HELP = CaseFacts(
    petition_type=PetitionType.HELP,
    units=frozenset({"jtj", "jjdd"}),
    past_units=frozenset({"cgj"}),
)
ACCUSATION = CaseFacts(
    petition_type=PetitionType.ACCUSATION, units=frozenset({"jtj"}), past_units=frozenset(), complained_unit="cgj"
)

roles = st.frozensets(st.sampled_from(Role))
units = st.sampled_from(["jtj", "jjdd", "cgj"])
principals = st.builds(Principal, account_id=st.just(1), username=st.just("li"), roles=roles, unit=st.none() | units)
cases = st.builds(
    CaseFacts,
    petition_type=st.sampled_from(PetitionType),
    units=st.frozensets(units),
    past_units=st.frozensets(units),
    complained_unit=st.none() | units,
)


def somebody(*roles: Role, unit: str | None = None) -> Principal:
    return Principal(account_id=7, username="wang", roles=frozenset(roles), unit=unit)


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES | {Role.LEADER, Role.AUDITOR}))
def test_centre_leader_and_auditor_see_every_case(role: Role) -> None:
    assert may_see_case(somebody(role), HELP)
    assert may_see_case(somebody(role), ACCUSATION)


@pytest.mark.parametrize("role", sorted(UNIT_ROLES))
@pytest.mark.parametrize(("unit", "sees"), [("jtj", True), ("jjdd", True), ("cgj", True), ("zjj", False)])
def test_a_unit_sees_what_it_works_on_or_worked_on(role: Role, unit: str, *, sees: bool) -> None:
    assert may_see_case(somebody(role, unit=unit), HELP) is sees


@pytest.mark.parametrize("role", [Role.PROCEDURE_EDITOR, Role.ADMINISTRATOR])
def test_editors_and_administrators_read_no_petition_by_virtue_of_it(role: Role) -> None:
    assert not may_see_case(somebody(role, unit="jtj"), HELP)
    assert not may_see_identity(somebody(role, unit="jtj"), HELP)


def test_a_handler_without_a_unit_sees_nothing() -> None:
    assert not may_see_case(somebody(Role.HANDLER), HELP)


def test_the_confidential_officer_sees_accusations_and_who_made_them() -> None:
    officer = somebody(Role.CONFIDENTIAL_OFFICER)
    assert may_see_case(officer, ACCUSATION)
    assert may_see_identity(officer, ACCUSATION)
    assert not may_see_case(officer, HELP)


@given(principals, cases)
def test_nobody_sees_an_accusation_against_their_own_unit(asker: Principal, case: CaseFacts) -> None:
    against_own = case.complained_unit is not None and case.complained_unit == asker.unit
    if case.petition_type == PetitionType.ACCUSATION and against_own:
        assert not may_see_case(asker, case)
        assert not may_see_identity(asker, case)


@given(principals, cases)
def test_an_accusers_identity_is_for_the_confidential_officer_alone(asker: Principal, case: CaseFacts) -> None:
    if case.petition_type == PetitionType.ACCUSATION and may_see_identity(asker, case):
        assert Role.CONFIDENTIAL_OFFICER in asker.roles


@given(principals, cases)
def test_identity_is_never_shown_of_a_case_that_is_not(asker: Principal, case: CaseFacts) -> None:
    assert may_see_case(asker, case) or not may_see_identity(asker, case)


@given(principals, cases, st.sampled_from(Role))
def test_another_role_never_takes_sight_away(asker: Principal, case: CaseFacts, role: Role) -> None:
    more = Principal(asker.account_id, asker.username, asker.roles | {role}, asker.unit)
    assert may_see_case(more, case) or not may_see_case(asker, case)


@given(principals, cases)
def test_a_query_made_of_the_scope_finds_what_may_be_seen(asker: Principal, case: CaseFacts) -> None:
    scope = case_scope(asker)
    accusation = case.petition_type == PetitionType.ACCUSATION
    wanted = scope.all or scope.units & (case.units | case.past_units) or (scope.accusations and accusation)
    hidden = accusation and case.complained_unit == scope.hide_accusations_against is not None
    assert may_see_case(asker, case) == (bool(wanted) and not hidden)


@pytest.mark.parametrize(
    ("asker", "unmasks"),
    [
        (somebody(Role.FOLLOW_UP), True),
        (somebody(Role.HANDLER, unit="jtj"), True),
        (somebody(Role.HANDLER, unit="cgj"), False),
        (somebody(Role.LEADER), False),
        (somebody(Role.AUDITOR), False),
        (somebody(Role.CONFIDENTIAL_OFFICER), False),
    ],
    ids=["centre", "unit now", "unit before", "leader", "auditor", "confidential officer"],
)
def test_who_wrote_is_shown_to_those_who_deal_with_the_petitioner(asker: Principal, *, unmasks: bool) -> None:
    assert may_see_identity(asker, HELP) is unmasks


@pytest.mark.parametrize(
    ("asker", "unit", "may"),
    [
        (somebody(Role.HANDLER, unit="jtj"), "jtj", True),
        (somebody(Role.HANDLER, unit="jtj"), "zjj", False),
        (somebody(Role.UNIT_HEAD, unit="jtj"), "jtj", False),
        (somebody(Role.UNIT_HEAD, Role.HANDLER, unit="jtj"), "jtj", True),
        (somebody(Role.HANDLER), "jtj", False),
        (somebody(Role.HANDLER), None, True),
    ],
)
def test_a_task_belongs_to_its_role_and_unit(asker: Principal, unit: str | None, *, may: bool) -> None:
    assert may_work_task(asker, "handler", unit) is may
