"""Reads calendar objects with the icalendar package: one JSON document a line comes in as {"text": ...}, its fields go out as another."""
import base64, datetime, hashlib, json, sys
from icalendar import Calendar


def several(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def instant(prop):
    return prop.dt.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def attached(prop):
    if prop.params.get("ENCODING") == "BASE64":
        raw = getattr(prop, "obj", prop)
        return hashlib.sha256(base64.b64decode(str(raw))).hexdigest()
    return str(prop)


def fields(event):
    return {
        "uid": str(event["UID"]), "sequence": int(event.get("SEQUENCE", 0)), "status": str(event.get("STATUS", "")), "summary": str(event.get("SUMMARY", "")),
        "location": str(event.get("LOCATION", "")), "description": str(event.get("DESCRIPTION", "")), "start": instant(event["DTSTART"]), "end": instant(event["DTEND"]),
        "organizer": str(event.get("ORGANIZER", "")), "attendees": [f"{a} {a.params.get('CN', '')} {a.params.get('PARTSTAT', '')}" for a in several(event.get("ATTENDEE"))],
        "attachments": [attached(a) for a in several(event.get("ATTACH"))],
    }


for line in sys.stdin:
    calendar = Calendar.from_ical(json.loads(line)["text"])
    print(json.dumps({"method": str(calendar.get("METHOD", "")), "events": [fields(e) for e in calendar.walk("VEVENT")]}), flush=True)
