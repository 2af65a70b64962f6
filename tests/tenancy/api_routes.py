"""Every operation of the API with what its path names (TEN-05).

An operation that is missing here fails the build. `thing` is "" where the path names no object;
`main` says that only the main account's own credentials may.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What the matrix needs to know of an operation."""

    thing: str = ""
    main: bool = False


def _rows(names: str, thing: str = "", *, main: bool = False) -> dict[str, Row]:
    return {name: Row(thing, main) for name in names.split()}


API_ROUTES: dict[str, Row] = {
    **_rows("account_get"),
    **_rows("account_update", main=True),
    **_rows("subaccount_list subaccount_create", main=True),
    **_rows("subaccount_get subaccount_update subaccount_delete", "subaccount", main=True),
    **_rows("application_list application_create"),
    **_rows("application_get application_update application_delete", "application"),
    **_rows("endpoint_list endpoint_create"),
    **_rows("endpoint_get endpoint_update endpoint_delete", "endpoint"),
    **_rows("number_list number_add"),
    **_rows("number_get number_update number_unrent", "did"),
    **_rows("message_list message_send"),
    **_rows("message_get message_media", "message"),
    **_rows("powerpack_list powerpack_create"),
    **_rows("powerpack_get powerpack_update powerpack_delete", "powerpack"),
    **_rows("pool_number_list pool_tollfree_list pool_shortcode_list", "pool"),
    **_rows("pool_number_get pool_number_remove", "pool number"),
    **_rows("pool_number_add", "pool number to add"),
    **_rows("pool_tollfree_get pool_tollfree_add pool_tollfree_remove", "pool toll-free"),
    **_rows("pool_shortcode_get pool_shortcode_remove", "short code"),
    **_rows("media_list media_upload"),
    **_rows("media_get", "media"),
    **_rows("export_list export_create"),
    **_rows("export_get export_delete", "export"),
    **_rows("verified_caller_id_list verified_caller_id_initiate"),
    **_rows("verified_caller_id_verify", "verification"),
    **_rows(
        "verified_caller_id_get verified_caller_id_update verified_caller_id_delete", "caller id"
    ),
    **_rows("verify_session_list verify_session_create"),
    **_rows("verify_session_get verify_session_validate", "verify session"),
    **_rows("address_list address_create identity_list identity_create"),
    **_rows("address_get address_update address_delete", "address"),
    **_rows("identity_get identity_update identity_delete", "identity"),
    **_rows("phone_number_search"),
    **_rows("phone_number_buy", "did in stock"),
    **_rows("conference_list conference_hangup_all mpc_list"),
    **_rows("conference_get conference_hangup", "conference"),
    **_rows("conference_record conference_record_stop", "conference"),
    **_rows(
        "conference_member_hangup conference_member_kick conference_member_mute "
        "conference_member_unmute conference_member_deaf conference_member_undeaf "
        "conference_member_play conference_member_play_stop conference_member_speak "
        "conference_member_speak_stop",
        "conference member",
    ),
    **_rows("mpc_get mpc_start mpc_end mpc_participant_list mpc_participant_add", "mpc"),
    **_rows("mpc_record mpc_record_stop mpc_record_pause mpc_record_resume", "mpc"),
    **_rows(
        "mpc_participant_record mpc_participant_record_stop mpc_participant_record_pause "
        "mpc_participant_record_resume",
        "participant",
    ),
    **_rows(
        "mpc_participant_get mpc_participant_update mpc_participant_kick mpc_member_play "
        "mpc_member_play_stop",
        "participant",
    ),
    **_rows("token_create"),
    **_rows("call_list call_create"),
    **_rows("call_get call_feedback", "record"),
    **_rows(
        "call_transfer call_hangup call_play call_play_stop call_speak call_speak_stop call_dtmf "
        "call_story call_record_start call_record_stop call_stream_list call_stream_start "
        "call_stream_stop_all",
        "living call",
    ),
    **_rows("call_stream_get call_stream_stop", "stream"),
    **_rows("recording_list"),
    **_rows("recording_get recording_delete", "recording"),
    **_rows("call_cancel", "queued call"),
    **_rows("dry_run pricing_get"),
    **_rows("lookup_get", "any number"),
    **_rows("handset_list", main=True),
    **_rows(
        "handset_get handset_answer handset_reject handset_hangup handset_digits handset_call "
        "handset_message handset_script_get handset_script_put handset_script_delete handset_say",
        "handset",
        main=True,
    ),
}
