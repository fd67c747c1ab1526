"""Data breaches: what is asked (43.3, GDPR 33(3)), the moves of an incident, its clocks, severity, letters and register."""
