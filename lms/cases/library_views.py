"""Finding and reading cases."""

from collections.abc import Mapping

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms import access
from lms.access import viewer
from lms.cases import comments, content, deidentifying, queries, search, usage
from lms.cases.blueprint import FACETS, bp
from lms.cases.compare import compare as differences
from lms.cases.duplicates.similar import similar
from lms.cases.listing import items
from lms.cases.models import READABLE, Case, CaseState, CaseVersion
from lms.cases.uses import reading
from lms.cases.words import Highlighter
from lms.clock import now
from lms.db import Localized, db, snapshot
from lms.i18n import locale
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import Action
from lms.web.lists import here, page_url


def asked() -> search.Search:
    """The search in the address."""
    values = {name: value.replace("\0", "") for name, value in request.args.items()}
    order = values.get("order", "")
    return search.Search(
        text=values.get("q", "")[: search.MAX_QUERY],
        stage=values.get("stage", ""),
        channel=values.get("channel", ""),
        complaint_level=values.get("level", ""),
        outcome=values.get("outcome", ""),
        tag=values.get("tag", ""),
        order=order if order in search.ORDERS and sees_scores() else "",
        page=request.args.get("page", 1, type=int),
    )


@bp.get("/cases")
@access.signed_in
def library() -> ResponseReturnValue:
    wanted = asked()
    with snapshot() as connection:
        found = search.find(connection, wanted, locale()[:2])
    return render_template(
        "cases/library.html",
        wanted=wanted,
        found=found,
        items=items(found.versions, Highlighter(wanted.text), locale()),
        facets=FACETS,
        here=here,
        page_url=page_url,
        sees_scores=sees_scores(),
        most=search.MOST,
    )


@bp.get("/cases/<int:case_id>")
@access.signed_in
def case(case_id: int) -> ResponseReturnValue:
    versions = readable_versions(case_id)
    wanted = request.args.get("version", type=int)
    in_force = (CaseState.PUBLISHED, CaseState.ARCHIVED)
    shown = next(
        (v for v in versions if v.number == wanted or (not wanted and v.state in in_force)), None
    )
    kept_id = versions[0].case.merged_into_id
    if kept_id and not wanted and not request.args.get("stay"):
        return redirect(url_for("cases.case", case_id=kept_id, merged=case_id))
    return case_page(shown or abort(404), versions)


def case_page(
    shown: CaseVersion, versions: list[CaseVersion], typed: Mapping[str, str] | None = None
) -> str:
    """The page of one version, with what was made from its case. `typed`: what a reviewer sent
    that was refused."""
    is_public = shown.state in READABLE
    used = queries.drills_of_case(db.session(), shown.case_id) if is_public else []
    groups = plugins().collect(hookspecs.lms_actions, shown, viewer())
    return render_template(
        "cases/case.html",
        version=shown,
        versions=versions,
        typed=typed or {},
        used=used,
        score=queries.score_of_case(used),
        uses=_uses(shown) if is_public else [],
        asked=_asked(shown, versions),
        threads=_threads(shown),
        made=reading.of_case(db.session(), shown.case_id) if _may_make(shown) else [],
        makers=_makers(shown),
        merged_from=_merged_from(shown),
        alike=[] if is_public else similar(db.session(), shown, [shown.case_id]),
        programmes=queries.programmes_using(db.session(), [drill.key for drill in used]),
        actions=[action for group in groups for action in group],
    )


def _uses(shown: CaseVersion) -> list[tuple[Localized, int]]:
    """What the case was used for within a year, for those who see its scores."""
    if not sees_scores():
        return []
    return usage.of_case(db.session(), shown.case_id, now() - usage.YEAR)


def sees_scores() -> bool:
    return viewer().may("cases.author") or viewer().may("drills.score")


def _may_make(shown: CaseVersion) -> bool:
    return shown.published_at is not None and viewer().may("cases.author")


def _makers(shown: CaseVersion) -> list[Action]:
    """What plugins can make from the published version."""
    if shown.state != CaseState.PUBLISHED or not viewer().may("cases.author"):
        return []
    groups = plugins().collect(hookspecs.lms_case_makers, shown, viewer())
    return [action for group in groups for action in group]


def _merged_from(shown: CaseVersion) -> int | None:
    """The case that the reader asked for, and that was merged into this one."""
    asked_for = request.args.get("merged", type=int)
    if asked_for is None:
        return None
    kept_id = db.session.scalar(select(Case.merged_into_id).where(Case.id == asked_for))
    return asked_for if kept_id == shown.case_id else None


def _asked(shown: CaseVersion, versions: list[CaseVersion]) -> list[deidentifying.Asked]:
    """What a draft is to be cleared of before it is published."""
    if shown.state in READABLE:
        return []
    published = next((v for v in versions if v.state == CaseState.PUBLISHED), None)
    return deidentifying.about(db.session(), shown, published=published)


def _threads(shown: CaseVersion) -> dict[tuple[str, int], list[comments.Thread]]:
    if shown.state in READABLE:
        return {}
    return comments.threads(db.session(), shown, comments.rows_of(content.of(shown)))


@bp.get("/cases/<int:case_id>/compare")
@access.signed_in
def compare(case_id: int) -> ResponseReturnValue:
    versions = readable_versions(case_id)
    by_number = {version.number: version for version in versions}
    newest = versions[0].number if versions else 0
    new = by_number.get(request.args.get("b", newest, type=int)) or abort(404)
    old = by_number.get(request.args.get("a", new.number - 1, type=int)) or abort(404)
    sections = differences(old, new, locale())
    others = differences(old, new, "en" if locale().startswith("zh") else "zh")
    # A text in one language alone stands in for the other: it is not shown twice.
    elsewhere = [b for a, b in zip(sections, others, strict=True) if b.is_changed and a != b]
    return render_template(
        "cases/compare.html", old=old, new=new, versions=versions, sections=sections,
        elsewhere=elsewhere, facts=_changed_facts(old, new),
    )  # fmt: skip


def _changed_facts(old: CaseVersion, new: CaseVersion) -> list[tuple[object, object, object]]:
    """Stage, channel, complaint level, outcome and pictures, where they differ: name and both."""
    found: list[tuple[object, object, object]] = []
    for name, (label, words) in FACETS.items():
        column = "complaint_level" if name == "level" else name
        before, after = (str(getattr(version, column)) for version in (old, new))
        if before != after:
            found.append((label, words[before], words[after]))
    pictures = [[(p.upload_id, p.alt) for p in version.pictures] for version in (old, new)]
    if pictures[0] != pictures[1]:
        shown = ([alt.pick(locale()) or "–" for _id, alt in side] for side in pictures)
        found.append((_("Pictures"), *(" · ".join(alts) or "–" for alts in shown)))
    return found


def readable_versions(case_id: int) -> list[CaseVersion]:
    """The versions this viewer may read, newest first: drafts are for authors."""
    found = select(CaseVersion).where(CaseVersion.case_id == case_id)
    if not viewer().may("cases.author"):
        found = found.where(CaseVersion.state.in_(READABLE))
    case = joinedload(CaseVersion.case)
    keepers = (case.joinedload(one) for one in (Case.owner, Case.reviewer, Case.archived_by))
    pictures = joinedload(CaseVersion.pictures)
    parts = (joinedload(CaseVersion.author), joinedload(CaseVersion.reviewer), *keepers, pictures)
    shown = db.session.scalars(found.options(*parts).order_by(CaseVersion.number.desc()))
    return list(shown.unique()) or abort(404)
