"""What HR may set: which courses earn a certificate, how long it holds, who reads the name."""

from collections.abc import Mapping

from lms.plugins.api import Localized, Parameter, Policy, ProgrammeKind

FULL, MASKED, NONE = "full", "masked", "none"
NAMES_SHOWN: Mapping[str, Localized] = {
    FULL: Localized("全名", "In full"),
    MASKED: Localized("仅首字，如“王**”", "The first letter only, as “W***”"),
    NONE: Localized("不显示", "Not at all"),
}
KINDS: Mapping[str, Localized] = {
    ProgrammeKind.ONBOARDING: Localized("新人培养", "Onboarding"),
    ProgrammeKind.TEMPORARY: Localized("临时客服速成", "Track for temporary agents"),
    ProgrammeKind.TOPIC: Localized("专题课程", "Topic courses"),
    ProgrammeKind.RETRAINING: Localized("补训", "Retraining"),
    ProgrammeKind.TRACK: Localized("发展项目", "Development tracks"),
}
MOST_MONTHS = 120


def _of_kind(kind: str) -> tuple[Parameter, Parameter]:
    name = KINDS.get(kind, Localized.of(kind))
    # Nobody wants to hang on a wall that they were sent to retraining.
    grants = kind != ProgrammeKind.RETRAINING
    return (
        Parameter(
            f"{kind}_grants",
            Localized(f"{name.zh}：完成后颁发证书", f"{name.en}: completion earns a certificate"),
            grants,
        ),
        Parameter(
            f"{kind}_months",
            Localized(
                f"{name.zh}：有效期（月，0 为长期）", f"{name.en}: valid for months (0: no end)"
            ),
            0,
            low=0,
            high=MOST_MONTHS,
        ),
    )


ISSUING = Policy(
    name="certificates.issuing",
    title=Localized("证书的颁发、有效期与验证", "Certificates: issuing, validity, verification"),
    parameters=(
        *(parameter for kind in KINDS for parameter in _of_kind(kind)),
        Parameter(
            "name_shown",
            Localized("公开验证页显示持有人姓名", "The holder's name on the public page"),
            MASKED,
            choices=tuple(NAMES_SHOWN),
            choice_names=NAMES_SHOWN,
        ),
        Parameter(
            "remind_first",
            Localized(
                "到期前多少天首次提醒（0 为不提醒）",
                "Days before the end of the first reminder (0: none)",
            ),
            30,
            low=0,
            high=365,
        ),
        Parameter(
            "remind_last",
            Localized(
                "到期前多少天再次提醒（0 为不提醒）",
                "Days before the end of the second reminder (0: none)",
            ),
            7,
            low=0,
            high=365,
        ),
    ),
)
