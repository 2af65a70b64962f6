"""The forms of Settings → Data."""

from __future__ import annotations

from django import forms

from console.privacy.keeping import FEWEST, MOST


class CloseForm(forms.Form):
    """The account's name, written out, so that nobody closes one by a slip."""

    name = forms.CharField(max_length=80, label="The account's name", strip=False)


class RecordsForm(forms.Form):
    """For how many days call records are kept."""

    days = forms.IntegerField(min_value=FEWEST, max_value=MOST, label="Days")
