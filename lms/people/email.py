"""What an e-mail address is, for everybody who takes one."""

import re

from lms.errors import DomainError

# Plain ASCII only: neither quoting tricks nor characters that some server on the way refuses.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)


def is_email(address: str) -> bool:
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def check_email(address: str, field: str = "email") -> str:
    """Without blanks around it; DomainError if it is none."""
    address = address.strip()
    if not is_email(address):
        raise DomainError("This is not an e-mail address.", field=field)
    return address
