"""Addresses and identities that a customer's program files (compat/rest.md, Address and Identity).

Numbers of the sandbox need no papers. The records are kept so that programs run as they would
elsewhere; of an uploaded document only its name, size and hash stay, never the document.
"""
