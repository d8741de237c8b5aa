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


def works_elsewhere() -> bool:
    """Whether who asks works for several firms, or in several teams."""
    viewer = g.get("viewer")
    return viewer is not None and max(len(viewer.works), len(viewer.places)) > 1


def where_one_works() -> str:
    """The firm one works for now; of who works in several teams, the team."""
    place = g.viewer.place
    if place is None or len(g.viewer.places) < 2:
        return str(g.viewer.company_name)
    return f"{place.organisation} / {place.name}"


def made_here() -> str | None:
    """What links to files carry, so that they bring no other firm's; None: there is no other."""
    return str(g.viewer.stands) if works_elsewhere() else None
