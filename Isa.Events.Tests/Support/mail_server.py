"""A mail server for tests: takes mails by SMTP on loopback and behaves as it is told to.

Lines of JSON on standard input change how it behaves, and each is answered by {"ok": n, "open": connections there are}. Every mail it takes is a line of JSON on standard output.
  {"rcpt": {"a@example.org": "550 5.1.1 nobody"}}   answers to RCPT TO; * is everybody else
  {"mail": "550 5.7.1 not you"}                     answer to MAIL FROM
  {"data": ["451 4.7.1 later", "drop", "hang"]}     what the next mails get: an answer, a cut connection after it was taken, or silence
  {"tokens": ["abc"]}                               the only tokens that --user may log in with (XOAUTH2), no password then
  {"closed": true}                                  cuts every connection at once
"""
import argparse, asyncio, base64, json, ssl, sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--tls", choices=["none", "startTls", "tls"], default="none")
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--tokens", action="store_true")
parser.add_argument("--size", type=int, default=0)
parser.add_argument("--ascii", action="store_true")
args = parser.parse_args()
rules = {"rcpt": {}, "mail": None, "data": [], "closed": False, "tokens": []}
connections = 0
open_now = set()


def say(**line):
    print(json.dumps(line), flush=True)


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if rules["mail"]:
            return rules["mail"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = rules["rcpt"].get(address, rules["rcpt"].get("*"))
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        how = rules["data"].pop(0) if rules["data"] else "250 OK"
        if how in ("drop", "250 OK"):
            say(mail=envelope.content.decode("utf-8", "replace"), sender=envelope.mail_from, to=envelope.rcpt_tos, encrypted=session.ssl is not None,
                user=str(session.auth_data.login.decode()) if session.auth_data else None, connection=server.number)
        else:
            say(refused=how, to=envelope.rcpt_tos)
        if how == "drop":
            server.transport.abort()
        if how == "hang":
            await asyncio.sleep(3600)
        return "250 OK" if how == "drop" else how


class Server(SMTP):
    async def auth_XOAUTH2(self, server, arguments):
        words = base64.b64decode(arguments[1]).decode().split("\x01")
        data = LoginPassword(words[0].removeprefix("user=").encode(), b"")
        if words[0] == f"user={args.user}" and words[1].removeprefix("auth=Bearer ") in rules["tokens"]:
            return AuthResult(success=True, auth_data=data)
        await self.challenge_auth('{"status":"401","schemes":"bearer","scope":"mail"}')
        return AuthResult(success=False, handled=False)

    def connection_made(self, transport):
        global connections
        if not hasattr(self, "number"):  # asked again once TLS begins
            connections += 1
            self.number = connections
        open_now.add(self.number)
        super().connection_made(transport)
        if rules["closed"]:
            transport.abort()

    def connection_lost(self, error):
        open_now.discard(self.number)
        super().connection_lost(error)


def check(server, session, envelope, mechanism, data):
    good = data.login.decode() == args.user and data.password.decode() == args.password
    return AuthResult(success=good, auth_data=data, handled=False)


def make():
    context = None
    if args.tls == "startTls":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(args.cert, args.key)
    passwords = ["PLAIN", "LOGIN"] if args.tokens else ["XOAUTH2"]
    login = dict(auth_exclude_mechanism=passwords, authenticator=check, auth_required=True, auth_require_tls=args.tls == "startTls") if args.user else {}
    return Server(Handler(), hostname="mail.example.org", tls_context=context, require_starttls=args.tls == "startTls", data_size_limit=args.size or None, enable_SMTPUTF8=not args.ascii, **login)


async def main():
    context = None
    if args.tls == "tls":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(args.cert, args.key)
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", args.port, ssl=context)
    say(port=server.sockets[0].getsockname()[1])
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    told = 0
    while line := await reader.readline():
        rules.update(json.loads(line))
        told += 1
        say(ok=told, open=len(open_now))


asyncio.run(main())
