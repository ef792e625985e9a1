"""Access rules as conditions of queries: every read of petitions goes through here."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engine.models.petition import Assignment, Petition
from engine.models.process import UserTask
from engine.rules.access import Principal, case_scope
from engine.vocabulary import PetitionType


def visible_petitions(principal: Principal, *, involved_by_task: bool = False) -> sa.ColumnElement[bool]:
    """Return the condition on ``Petition`` that ``principal`` may see it (``rules.access.case_scope`` in SQL).

    With ``involved_by_task`` the query already holds only tasks of the principal's own role and unit, which is
    involvement enough; only what must be hidden is left to say.
    """
    scope = case_scope(principal)
    against = Petition.complained_unit_code == scope.hide_accusations_against
    accused = (
        sa.and_(Petition.type == PetitionType.ACCUSATION, against) if scope.hide_accusations_against else sa.false()
    )
    hidden = sa.func.coalesce(accused, sa.false())
    if scope.all or involved_by_task:
        return sa.not_(hidden)
    ways: list[sa.ColumnElement[bool]] = []
    if scope.units:
        # Aliases, because the query around may itself read these tables.
        assignment, task = aliased(Assignment), aliased(UserTask)
        assigned = sa.exists().where(assignment.petition_id == Petition.id, assignment.unit_code.in_(scope.units))
        asked = sa.exists().where(task.instance_id == Petition.instance_id, task.unit_code.in_(scope.units))
        ways += [assigned, asked]
    if scope.accusations:
        ways.append(Petition.type == PetitionType.ACCUSATION)
    return sa.and_(sa.or_(sa.false(), *ways), sa.not_(hidden))
