"""How large a file of each family may be."""

from lms import policies
from lms.db import Localized, Session
from lms.policies import Parameter, Policy
from lms.uploads.kinds import Family

UPLOADS = Policy(
    "uploads",
    Localized("上传文件", "Uploads"),
    (
        Parameter("image", Localized("图片上限（MB）", "Pictures up to (MB)"), 10, 1, 100),
        Parameter("document", Localized("文档上限（MB）", "Documents up to (MB)"), 20, 1, 500),
        Parameter("audio", Localized("音频上限（MB）", "Audio up to (MB)"), 50, 1, 1000),
        Parameter("video", Localized("视频上限（MB）", "Videos up to (MB)"), 500, 1, 2000),
    ),
)
MB = 1024 * 1024


def limits(session: Session) -> dict[Family, int]:
    """In megabytes."""
    found = policies.in_force(session, UPLOADS)
    return {family: int(found[family]) for family in Family}
