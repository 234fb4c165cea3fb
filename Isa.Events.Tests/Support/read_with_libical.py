"""Reads calendar objects with libical, which Evolution, KOrganizer and Cyrus read with: one JSON document a line comes in as {"text": ...}, its fields go out as another."""
import base64, ctypes, hashlib, json, sys

ANY_PROPERTY, ANY_COMPONENT, EVENT = 0, 1, 4


class Time(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")] + [("zone", ctypes.c_void_p)]


def function(name, result, *arguments):
    found = getattr(library, name)
    found.restype, found.argtypes = result, arguments
    return found


library = ctypes.CDLL("libical.so.3")
pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
parse = function("icalparser_parse_string", pointer, text)
free = function("icalcomponent_free", None, pointer)
errors = function("icalcomponent_count_errors", number, pointer)
check = function("icalrestriction_check", number, pointer)
first_component, next_component = function("icalcomponent_get_first_component", pointer, pointer, number), function("icalcomponent_get_next_component", pointer, pointer, number)
first_property, next_property = function("icalcomponent_get_first_property", pointer, pointer, number), function("icalcomponent_get_next_property", pointer, pointer, number)
name_of = function("icalproperty_get_property_name", text, pointer)
value_of, value_text = function("icalproperty_get_value", pointer, pointer), function("icalvalue_get_text", text, pointer)
as_string = function("icalproperty_get_value_as_string", text, pointer)
parameter = function("icalproperty_get_parameter_as_string", text, pointer, text)
attach_of, is_url = function("icalproperty_get_attach", pointer, pointer), function("icalattach_get_is_url", number, pointer)
url_of, data_of = function("icalattach_get_url", text, pointer), function("icalattach_get_data", text, pointer)
starts, ends = function("icalcomponent_get_dtstart", Time, pointer), function("icalcomponent_get_dtend", Time, pointer)
convert, utc = function("icaltime_convert_to_zone", Time, Time, pointer), function("icaltimezone_get_utc_timezone", pointer)


def every(first, following, parent, kind):
    found = first(parent, kind)
    while found:
        yield found
        found = following(parent, kind)


def plain(value):
    return (value or b"").decode()


def instant(local):
    time = convert(local, utc())
    return f"{time.year:04}-{time.month:02}-{time.day:02}T{time.hour:02}:{time.minute:02}:{time.second:02}Z"


def attached(prop):
    attach = attach_of(prop)
    return plain(url_of(attach)) if is_url(attach) else hashlib.sha256(base64.b64decode(data_of(attach))).hexdigest()


def properties(component):
    named = {}
    for prop in every(first_property, next_property, component, ANY_PROPERTY):
        named.setdefault(plain(name_of(prop)), []).append(prop)
    return named


def fields(event):
    named = properties(event)
    words = lambda name: plain(value_text(value_of(named[name][0]))) if name in named else ""
    raw = lambda name: plain(as_string(named[name][0])) if name in named else ""
    return {
        "uid": words("UID"), "sequence": int(raw("SEQUENCE") or 0), "status": raw("STATUS"), "summary": words("SUMMARY"), "location": words("LOCATION"), "description": words("DESCRIPTION"),
        "start": instant(starts(event)), "end": instant(ends(event)), "organizer": raw("ORGANIZER"),
        "attendees": [" ".join([plain(as_string(a)), plain(parameter(a, b"CN")), plain(parameter(a, b"PARTSTAT"))]) for a in named.get("ATTENDEE", [])],
        "attachments": [attached(a) for a in named.get("ATTACH", [])],
    }


for line in sys.stdin:
    calendar = parse(json.loads(line)["text"].encode())
    # What RFC 5546 asks of each method it knows too, and says by an error beside the property.
    check(calendar)
    said = [plain(as_string(e)) for c in [calendar, *every(first_component, next_component, calendar, ANY_COMPONENT)] for e in properties(c).get("X-LIC-ERROR", [])]
    method = properties(calendar).get("METHOD")
    print(json.dumps({"method": plain(as_string(method[0])) if method else "", "errors": said, "events": [fields(e) for e in every(first_component, next_component, calendar, EVENT)]}), flush=True)
    free(calendar)
