"""What a customer owns and sees: accounts, applications, endpoints, numbers, records, help."""

__version__ = "0.1.0"
