"""Helpers that know no business rule: ids, numbers, money, clock, outbox, errors."""
