"""The demo organisation, and in it one object of each kind that belongs to somebody else."""

import base64
import io
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms.appeals import services as appeals
from lms.audit import Actor
from lms.cases import authoring, comments, content
from lms.cases.files import importing
from lms.cases.models import CaseVersion, DrillRun, RunState
from lms.cases.pictures import attaching as pictures
from lms.cases.raters import trials
from lms.cases.rooms.opening import open_room
from lms.cases.scoring import Marks
from lms.cases.uses import recording
from lms.clock import Month
from lms.courses.audience import assigning, versions
from lms.courses.audience.rule import Audience
from lms.courses.authoring import drafts
from lms.courses.authoring.attaching import attach
from lms.courses.deadlines import extensions
from lms.courses.models import Enrolment, Module, Programme, Step
from lms.courses.services import enrol
from lms.courses.sessions import planning
from lms.db import Localized, db
from lms.demo.services import DEMO
from lms.people.accounts import invite
from lms.people.models import Person
from lms.plugins.casereviews.models import Comment, Review
from lms.plugins.certificates import issuing, signing
from lms.plugins.exams import attempts
from lms.plugins.exams.importing import previews
from lms.plugins.exams.media import keeping as media
from lms.plugins.exams.models import Mark, Question, Response
from lms.plugins.mentoring.models import CheckIn, Pair
from lms.plugins.messaging.models import Address
from lms.plugins.planning.models import PlanEntry
from lms.plugins.promotion.models import Archive, Complaint, Nomination, Recommendation
from lms.plugins.recognition import ledger, qualifications
from lms.plugins.recognition.models import Award
from lms.plugins.retraining.models import Assignment
from lms.plugins.scorecards.models import Entry
from lms.plugins.scorecards.periods import spot_checks
from lms.results.defined import services as defined
from lms.results.models import ImportRun, KpiValue
from lms.uploads import services as uploads

ROLES = {
    "agent": "DEMO02",
    "trainer": "DEMO04",
    "training_manager": "DEMO05",
    "supervisor": "DEMO06",
    "quality": "DEMO07",
    "hr": "DEMO08",
    "admin": "DEMO09",
}


_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Others:
    """Arguments of routes, by endpoint and name, blueprint and name, or name alone."""

    values: dict[str, Any]

    def argument(self, endpoint: str, name: str) -> Any:
        blueprint = endpoint.partition(".")[0]
        for known in (f"{endpoint}.{name}", f"{blueprint}.{name}", name):
            if known in self.values:
                return self.values[known]
        return None


def prepare(app: Flask) -> Others:
    """Adds what the demo lacks; everything belongs to people outside every actor's team."""
    session, now = db.session(), app.extensions["lms_clock"].now()
    stranger = session.scalars(
        select(Person).where(
            Person.team_id != _person("DEMO06").team_id,
            Person.level == "agent",
            Person.staff_no.like("SA0%"),
        )
    ).first()
    assert stranger is not None
    sitting = _enrol(stranger, "retraining-exam", now)
    exam_step = _step(sitting, "exam")
    attempt = attempts.start(
        session, exam_step.config["exam"], stranger.id, sitting.id, exam_step.id, now=now
    )
    done = _enrol(stranger, "retraining-frt", now)
    done.status, done.ended_at = "completed", now
    session.flush()
    signing.change(
        session, name=Localized("李思源"), office=Localized("培训主管"), upload=_PNG,
        keep_picture=False, actor=Actor(_person("DEMO08").id), now=now,
    )  # fmt: skip
    certificate = issuing.issue(session, done.id, now)
    case_id = session.scalars(select(CaseVersion.case_id)).first()
    assert case_id is not None
    present = recording.present_version(
        session,
        session.scalars(select(CaseVersion.id).where(CaseVersion.case_id == case_id)).all()[0],
    )
    use = recording.record(
        session, present.id, recording.Made("rubric", "routes", present.title), actor=DEMO, now=now
    )
    told = session.scalars(
        select(CaseVersion).where(CaseVersion.state == "published", CaseVersion.case_id != case_id)
    ).first()
    assert told is not None
    draft = authoring.new_draft(session, case_id, actor=Actor(_person("DEMO05").id), now=now)
    remark = comments.add(
        session, draft, "title", 0, "Shorter?", rows=comments.rows_of(content.of(draft)),
        actor=Actor(_person("DEMO05").id), now=now,
    )  # fmt: skip
    shot = pictures.attach(
        session, draft.id, io.BytesIO(_PNG), "shot.png", Localized("截图", "A screenshot"),
        actor=Actor(_person("DEMO05").id), now=now,
    )  # fmt: skip
    run = session.scalars(
        select(DrillRun).where(
            DrillRun.state == RunState.SUBMITTED,
            DrillRun.person_id.not_in([_person(no).id for no in ROLES.values()]),
        )
    ).first()
    assert run is not None
    room = open_room(
        session, run.drill_id, stranger, [], actor=Actor(_person("SA0001").id), now=now
    )
    scored_runs = session.scalars(
        select(DrillRun).where(
            DrillRun.state == RunState.SCORED,
            DrillRun.person_id.not_in([_person(no).id for no in ROLES.values()]),
        )
    ).all()
    recorded, final, scored = scored_runs[:3]
    raters = [_person(no).id for no in ("DEMO04", "DEMO05", "DEMO07")]
    round_ = trials.open_round(session, recorded.id, raters, actor=DEMO, now=now)
    levels = {criterion["key"]: 4 for criterion in recorded.rubric.criteria}
    gold = trials.make_gold(session, recorded.id, Marks(levels), actor=DEMO, now=now)
    appeal = appeals.file(
        session, "drill", scored.id, "see line two, please", person_id=scored.person_id, now=now
    )
    extension = extensions.ask(
        session, sitting.id, stranger.id, wanted_on=sitting.due_on + timedelta(days=3),
        reason="on leave", today=now.date(), now=now,
    )  # fmt: skip
    nomination = Nomination(
        person_id=stranger.id, target="senior_agent", year=2026, state="open", evidence={},
        nominated_by=_person("DEMO08").id, nominated_at=now, reason="ready",
    )  # fmt: skip
    complaint = Complaint(
        person_id=stranger.id, on_day=now.date(), level=3, reference="T-1", recorded_at=now
    )
    recommendation = Recommendation(
        person_id=stranger.id, target="senior_agent", year=2026, text="ready", given_at=now,
        given_by=_person("DEMO08").id,
    )  # fmt: skip
    archive = Archive(
        year=2026, target="senior_agent", number=1, day=now.date(), policy={}, policy_number=0,
        closes=[], counts={}, reason="routes", made_at=now,
    )  # fmt: skip
    session.add_all([nomination, complaint, recommendation, archive])
    comment = _discussed(stranger, case_id, now)
    assignment = session.scalars(select(Assignment)).first()
    upload = uploads.keep(
        session, io.BytesIO(b"%PDF-1.4"), "proof.pdf",
        families=tuple(uploads.Family), owner_id=stranger.id, now=now,
    )  # fmt: skip
    topic = session.scalars(select(Programme.id).where(Programme.key == "peak-logistics")).one()
    audience = Audience(levels=("agent",))
    versions.save(
        session, topic, audience, base_number=1, for_people_to_come=False, actor=DEMO, now=now
    )
    order = assigning.assign(
        session, topic, base_number=2, starts_on=now.date(), skip_completed=True, actor=DEMO,
        now=now,
    )  # fmt: skip
    written = drafts.begin(session, topic, actor=DEMO, now=now)
    shown = attach(session, written.id, io.BytesIO(_PNG), "shelf.png", actor=DEMO, now=now)
    part = written.document["modules"][0]
    claimed = Mark(
        attempt_id=attempt.id, position=1, slot=1, marker_id=stranger.id, points=[], touched_at=now
    )
    session.add(claimed)
    drawn = session.get_one(Response, (attempt.id, 1)).version
    shown_with = media.keep(session, io.BytesIO(_PNG), "shot.png", now)
    drawn.media = [{**shown_with, "alt": {"en": "A screenshot"}, "option": None}]
    cases_file = importing.prepare(
        session, b"title,stage,channel\nLate,after-sales,online\n", "new.csv", actor=DEMO, now=now
    )
    kept = previews.prepare(
        session, "service-handbook", b"question,A,B,answer\nWho?,me,you,A\n", "new.csv",
        person_id=stranger.id, now=now,
    )  # fmt: skip
    planned = planning.plan(
        session,
        planning.Plan(Localized("内训", "In-house class"), now + timedelta(days=3), 60),
        None,
        actor=DEMO,
        now=now,
    )
    pair = Pair(
        mentor_id=_person("SA0001").id, mentee_id=stranger.id, enrolment_id=sitting.id,
        purpose="retraining", created_at=now,
    )  # fmt: skip
    check_in = CheckIn(pair=pair, due_on=now.date())
    session.add(check_in)
    praised = ledger.praise(session, "kit", stranger, "kind words", actor=DEMO, now=now)
    claim = qualifications.Claim("PMP", "PMI", now.date(), None)
    qualification = qualifications.submit(
        session, "kit", stranger, claim, (io.BytesIO(b"%PDF-1.4 kit"), "pmp.pdf"), now=now
    )
    award = Award(
        year=2025, person_id=stranger.id, score=9000, months=12, policy_number=0, given_at=now
    )
    session.add(award)
    defined.define(
        session, "complaints", "ratio", "lower",
        defined.Definition(Localized("投诉率", "Complaints"), (), None, 1, False, {}),
        from_month=Month.of(now.date()), reason="routes", actor=DEMO, now=now,
    )  # fmt: skip
    checked = spot_checks.enter(
        session, "kit", stranger, spot_checks.Said(now.date(), 9000, 50, "routes"),
        actor=DEMO, now=now,
    )  # fmt: skip
    token = invite(session, stranger, actor=DEMO, now=now - timedelta(days=30))
    address = Address(
        person_id=stranger.id, channel="email", address="stranger@example.com", created_at=now
    )
    session.add(address)
    session.commit()
    assert assignment is not None
    return Others(
        {
            "person_id": stranger.id,
            "enrolment_id": sitting.id,
            "step_id": exam_step.id,
            "attempt_id": attempt.id,
            "certificate_id": certificate.id,
            "upload_id": upload.id,
            "programme_key": "peak-logistics",
            "step_key": "peak-feedback",
            "case_id": case_id,
            "version_id": draft.id,
            "rubric_id": run.rubric_id,
            "cases.make_lesson.version_id": present.id,
            "cases.make_rubric.version_id": present.id,
            "exams_manage.from_case.version_id": present.id,
            "use_id": use.id,
            "cases.import_id": cases_file.id,
            "cases.still_right.kind": "rubric",
            "cases.beside.other_id": told.id,
            "cases.merge.other_id": told.case_id,
            "picture_id": shot.id,
            "drill_id": run.drill_id,
            "run_id": run.id,
            "room_id": room.id,
            "round_id": round_.id,
            "gold_id": gold.id,
            "cases.new_round.run_id": final.id,
            "cases.new_gold.run_id": final.id,
            "appeal_id": appeal.id,
            "appeals.new.kind": "drill",
            "subject_id": scored.id,
            "results.run_id": session.scalars(select(ImportRun.id)).first(),
            "import_id": session.scalars(select(ImportRun.id)).first(),
            "nomination_id": nomination.id,
            "complaint_id": complaint.id,
            "recommendation_id": recommendation.id,
            "archive_id": archive.id,
            "value_id": session.scalars(
                select(KpiValue.id).where(KpiValue.person_id == stranger.id)
            ).first(),
            "assignment_id": assignment.id,
            "programme_id": topic,
            "draft_id": written.id,
            "courses.draft_module.key": part["key"],
            "courses.draft_step.key": part["steps"][0]["key"],
            "courses.add_step.key": part["key"],
            "courses.add_step.kind": "lesson",
            "courses.draft_file.name": shown,
            "courses.preview_draft_file.name": shown,
            "courses.preview_version_file.name": shown,
            "place": 1,
            "entry_id": session.scalars(select(PlanEntry.id)).first(),
            "courses.assignment_id": order.id,
            "session_id": planned.id,
            "pair_id": pair.id,
            "check_in_id": check_in.id,
            "recognition.entry_id": praised.id,
            "qualification_id": qualification.id,
            "award_id": award.id,
            "month": "2026-08",
            "results.code": "complaints",
            "check_id": checked.id,
            "scorecards.entry_id": session.scalars(select(Entry.id)).first(),
            "code": secrets.token_hex(4),
            "token": token,
            "filename": "app.css",
            "name": "results.scoring",
            "rules.rule.name": "retraining.bottom",
            "rules.rule_month.name": "retraining.bottom",
            "rules.apply_rule.name": "retraining.bottom",
            "plugin": "exams",
            "exams_manage.key": "onboarding-theory",
            "exams.key": "onboarding-theory",
            "exams_manage.bank.key": "service-handbook",
            "exams_manage.new_question.key": "service-handbook",
            "exams_manage.export_questions.key": "service-handbook",
            "exams_manage.export_questions.kind": "gift",
            "exams_manage.look_at_export.key": "handbook-in-practice",
            "exams_manage.look_at_export.kind": "gift",
            "exams_manage.import_id": kept.id,
            "exams_manage.mark_id": claimed.id,
            "position": 1,
            "sha256": shown_with["sha256"],
            "exams_manage.question_id": session.scalars(select(Question.id)).first(),
            "number": 1,
            "staff_no": stranger.staff_no,
            "review_id": comment.review_id,
            "comment_id": comment.id,
            "cases.comment_id": remark.id,
            "moment": "welcome",
            "item": "teams",
            "token_id": 1,
            "extension_id": extension.id,
            "day": "2026-10-01",
            "endpoint_id": 1,
            "delivery_id": 1,
            "address_id": address.id,
            "channel": "email",
            "insight.team_id": stranger.team_id,
            "messaging_teams.team_id": stranger.team_id,
            "messaging_teams.channel": "webhook",
            "rules.switch_plugin.name": "exams",
            "rules.plugin.name": "exams",
            "kind": "kpi",
            "year": 2026,
        }
    )


def _discussed(stranger: Person, case_id: int, now: Any) -> Comment:
    """A case review of the stranger's team, with a comment of theirs."""
    version = db.session.scalars(select(CaseVersion).where(CaseVersion.case_id == case_id)).first()
    review = Review(
        team_id=stranger.team_id, monday=now.date(), slot=1, case_id=case_id, version=version,
        question=Localized("？", "?"), options=[{"zh": "一", "en": ""}, {"zh": "二", "en": ""}],
        facilitator_id=_person("DEMO05").id, picked_at=now, takeaway=Localized(),
    )  # fmt: skip
    db.session.add(review)
    db.session.flush()
    comment = Comment(
        review_id=review.id, person_id=stranger.id, form_key="k", text="…", written_at=now
    )
    db.session.add(comment)
    db.session.flush()
    return comment


def _person(staff_no: str) -> Person:
    return db.session.scalars(select(Person).where(Person.staff_no == staff_no)).one()


def _enrol(person: Person, key: str, now: Any) -> Enrolment:
    programme = db.session.scalars(select(Programme).where(Programme.key == key)).one()
    return enrol(db.session(), person.id, programme.id, starts_on=now.date(), actor=DEMO, now=now)


def _step(enrolment: Enrolment, kind: str) -> Step:
    wanted = select(Step).join(Module).where(Module.version_id == enrolment.version_id)
    return db.session.scalars(wanted.where(Step.kind == kind)).one()
