"""Where well-known phones want which part of the SIP credentials. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phone:
    """The names of the fields on one make of phone, as its own pages write them."""

    name: str
    kind: str
    where: str
    user: str
    password: str
    server: str


PHONES = (
    Phone("Yealink T series", "Desk phone", "Web page › Account › Register",
          "User Name and Register Name", "Password", "SIP Server 1 › Server Host"),
    Phone("Poly VVX", "Desk phone", "Web page › Settings › Lines › Identification",
          "Address and Authentication User ID", "Authentication Password", "Server 1 › Address"),
    Phone("Grandstream GXP", "Desk phone", "Web page › Accounts › General Settings",
          "SIP User ID and Authenticate ID", "Authenticate Password", "SIP Server"),
    Phone("Cisco MPP 6800/8800", "Desk phone", "Web page › Voice › Ext 1",
          "User ID and Auth ID", "Password", "Proxy"),
    Phone("Linphone", "Softphone", "Account assistant › Use a SIP account",
          "Username", "Password", "Domain"),
    Phone("Zoiper 5", "Softphone", "Settings › Accounts › Add",
          "Username / Login (the whole address)", "Password", "Domain"),
    Phone("MicroSIP", "Softphone", "Menu › Add account",
          "Username and Login", "Password", "SIP server and Domain"),
    Phone("Groundwire", "Softphone", "Settings › SIP accounts › Generic SIP account",
          "Username", "Password", "Domain"),
)  # fmt: skip
"""Four desk phones and four softphones."""
