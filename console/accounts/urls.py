"""Routes of settings and mailbox; django-allauth's are under /accounts/."""

from __future__ import annotations

from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from console.accounts.views import (
    account,
    credentials,
    mailbox,
    operator,
    restores,
    security,
    subaccounts,
    team,
)

app_name = "accounts"
urlpatterns = [
    path("settings/", account.account, name="settings"),
    path("settings/upgrade/", account.upgrade, name="upgrade"),
    path("settings/credentials/", credentials.credentials, name="credentials"),
    path("settings/credentials/rotate/", credentials.rotate, name="rotate"),
    path("settings/credentials/<uuid:token_id>/revoke/", credentials.revoke, name="revoke"),
    path("settings/credentials/token/", credentials.token, name="token"),
    path("settings/subaccounts/", subaccounts.subaccounts, name="subaccounts"),
    path("settings/subaccounts/<str:auth_id>/", subaccounts.subaccount, name="subaccount"),
    path(
        "settings/subaccounts/<str:auth_id>/enabled/", subaccounts.switch, name="subaccount-enabled"
    ),
    path(
        "settings/subaccounts/<str:auth_id>/rotate/", subaccounts.rotate, name="subaccount-rotate"
    ),
    path(
        "settings/subaccounts/<str:auth_id>/delete/", subaccounts.delete, name="subaccount-delete"
    ),
    path("settings/security/", security.security, name="security"),
    path("settings/security/name/", account.own_name, name="own-name"),
    path("settings/team/", team.team, name="team"),
    path("settings/team/<uuid:member_id>/role/", team.team_role, name="team-role"),
    path("settings/team/<uuid:member_id>/remove/", team.team_remove, name="team-remove"),
    path("settings/team/invite/", team.invite, name="invite"),
    path(
        "settings/team/invitations/<uuid:invitation_id>/withdraw/", team.withdraw, name="withdraw"
    ),
    path("invitations/<uuid:invitation_id>/<str:secret>/", team.invitation, name="invitation"),
    path("settings/audit-log/", security.audit_log, name="audit-log"),
    # django-allauth's own index of second factors: ours is the security page.
    path("accounts/2fa/", RedirectView.as_view(url=reverse_lazy("accounts:security"))),
    path("operator/restores/", restores.restore_list, name="operator-restores"),
    path("operator/restores/decide/", restores.decide, name="operator-restore-decide"),
    path("operator/accounts/", operator.account_list, name="operator-accounts"),
    path("operator/accounts/<str:auth_id>/", operator.account_detail, name="operator-account"),
    path("operator/accounts/<str:auth_id>/decide/", operator.decide, name="operator-decide"),
    path("operator/accounts/<str:auth_id>/state/", operator.state, name="operator-state"),
    path("operator/accounts/<str:auth_id>/credit/", operator.credit, name="operator-credit"),
    path("mailbox/", mailbox.letters, name="mailbox"),
    path("mailbox/<uuid:item_id>/", mailbox.letter, name="letter"),
]
