"""How far the viewer's reports reach: over the whole pool, or to the wall of his organisation."""

from flask import g

from shared.db.accounts import SignedIn
from shared.db.sessions import has_no_wall
from shared.parameters import Parameter, ReportReach, parameter
from shared.permissions import Permission
from shared.web.database import db


def sees_whole_pool() -> bool:
    """Whether reports show the viewer all: by right, or because nothing is walled (AIM-63).

    Asked once a request; where he holds the right, of nobody.
    """
    if "whole_pool" not in g:
        g.whole_pool = g.get("viewer") is not None and _asked(g.viewer)
    answer: bool = g.whole_pool
    return answer


def _asked(viewer: SignedIn) -> bool:
    if Permission.REPORTS_ALL in viewer.permissions:
        return True
    session = db.session()
    if viewer.place is None:  # there is no layer, or he is in no team of it
        return has_no_wall(session)
    reach = parameter(session, Parameter.REPORT_REACH, viewer.place.organisation_id)
    return bool(reach == ReportReach.POOL)
