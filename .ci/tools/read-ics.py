"""Reads calendar entries with the icalendar package and checks what every one of them must have."""
import sys
from icalendar import Calendar

for path in sys.argv[1:]:
    raw = open(path, "rb").read()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n")), f"{path}: a line is longer than 75 octets"
    assert b"\n" not in raw.replace(b"\r\n", b""), f"{path}: a line ends without CR"
    calendar = Calendar.from_ical(raw)
    events = list(calendar.walk("VEVENT"))
    zones = {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")}
    assert len(events) == 1, path
    event = events[0]
    assert event["DTSTART"].params["TZID"] in zones, path
    assert event["DTSTART"].dt < event["DTEND"].dt, path
    for name in ("UID", "DTSTAMP", "SUMMARY", "ORGANIZER", "LOCATION", "DESCRIPTION", "SEQUENCE"):
        assert name in event, f"{path}: {name}"
    if calendar["METHOD"] == "REQUEST":
        assert str(event["ATTENDEE"]).startswith("mailto:"), path
        assert event["ATTACH"].params["FILENAME"], path
    else:
        assert "ATTENDEE" not in event, path
print(f"icalendar read {len(sys.argv) - 1} entries")
