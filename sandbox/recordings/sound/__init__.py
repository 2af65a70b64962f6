"""Sound made by ourselves: tones, speech, and the mix of what was on a line. Pure Python.

All sound is 16-bit samples at 8,000 a second, as telephones carry it.
"""
