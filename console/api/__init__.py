"""The REST face: envelope, sign-in, arguments, paging, request log (compat/README.md).

Each app declares its operations in its own `api.py` with `operation`; this package carries them.
"""
