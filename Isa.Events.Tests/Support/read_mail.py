"""Reads mails with Python's own parser: the path of one a line comes in, what is in it goes out as JSON."""
import email, email.policy, hashlib, json, sys


def part(p):
    content = p.get_payload(decode=True)
    return {
        "type": p.get_content_type(), "method": p.get_param("method"), "charset": p.get_content_charset(), "disposition": p.get_content_disposition(), "file": p.get_filename(),
        "text": content.decode(p.get_content_charset()).replace("\r\n", "\n") if p.get_content_maintype() == "text" else None, "sha256": hashlib.sha256(content).hexdigest(),
        "defects": [type(d).__name__ for d in p.defects],
    }


for line in sys.stdin:
    with open(line.strip(), "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    print(json.dumps({
        "to": [[a.display_name, a.addr_spec] for a in mail["To"].addresses], "from": [[a.display_name, a.addr_spec] for a in mail["From"].addresses], "subject": str(mail["Subject"]),
        "id": str(mail["Message-ID"]), "auto": str(mail["Auto-Submitted"]), "date": mail["Date"].datetime.isoformat(), "structure": [p.get_content_type() for p in mail.walk()],
        "defects": [type(d).__name__ for d in mail.defects] + [f"{name}: {type(d).__name__}" for name in mail.keys() for d in mail[name].defects],
        "parts": [part(p) for p in mail.walk() if not p.is_multipart()],
    }), flush=True)
