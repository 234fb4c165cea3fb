using System.Text;

namespace Isa.Events.Tests.Features.Replies;

/// <summary>Answers as the calendars that people have write them, and what is not one.</summary>
public sealed class ClientsTests : IAsyncLifetime
{
    private Replying _replying = null!;

    private EventsHost Host => _replying.Host;

    public async ValueTask InitializeAsync() => _replying = await Replying.StartAsync();

    public ValueTask DisposeAsync() => _replying.DisposeAsync();

    public static TheoryData<string> Clients => ["outlook", "exchange", "google", "apple", "thunderbird", "file"];

    [Theory, MemberData(nameof(Clients))]
    public async Task An_answer_counts_as_this_program_writes_it(string client)
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(Answer(client, person, "TENTATIVE"))).ShouldBe("applied");
        var now = await Host.Partner.NowAsync(person.Registration);
        ((string?)now["reply"], (string?)now["replyComment"]).ShouldBe(("tentative", client == "outlook" ? "Ich komme später, gegen 10 Uhr – grüße" : client == "google" ? "Maybe, 也许" : null));
    }

    [Fact]
    public async Task An_answer_in_another_charset_than_it_says_counts()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        var raw = Encoding.Latin1.GetBytes(person.Reply("ACCEPTED", "Grüße").Replace("charset=utf-8", "charset=x-nonsense").ReplaceLineEndings("\r\n"));
        Replying.Outcome((await _replying.TakeAsync(raw)).ShouldBe(HttpStatusCode.OK).Json).ShouldBe("applied");
        ((string?)(await Host.Partner.NowAsync(person.Registration))["replyComment"]).ShouldBe("Grüße");
    }

    [Fact]
    public async Task A_comment_is_cut_and_cleaned()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED", "a\u202eb\u0007c\\n" + string.Concat(Enumerable.Repeat("😀", 2000))))).ShouldBe("applied");
        var comment = (string)(await Host.Partner.NowAsync(person.Registration))["replyComment"]!;
        comment.ShouldStartWith("abc\n😀");
        comment.Length.ShouldBeLessThanOrEqualTo(1001);
    }

    public static TheoryData<string> Bad => ["empty", "noise", "headers", "broken base64", "long line", "deep", "deep objects", "no end", "nul", "many parts", "long subject"];

    [Theory, MemberData(nameof(Bad))]
    public async Task Whatever_it_is_it_is_answered_and_changes_nothing(string what)
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        var before = (await Host.Partner.NowAsync(person.Registration)).ToJsonString();
        string Typed(string body, string type = "text/calendar; method=REPLY") => Replying.Written(person.Address, person.Email, "x", $"Content-Type: {type}\n\n{body}");
        var (raw, outcome) = what switch
        {
            "empty" => ("", "parked unreadable"),
            "noise" => (string.Concat(Enumerable.Range(0, 100_000).Select(i => (char)(i * 7919 % 250 + 1))), "parked unreadable"),
            "headers" => (string.Concat(Enumerable.Repeat("X-A: b\n", 200_000)), "parked unreadable"),
            "broken base64" => (Replying.Written(person.Address, person.Email, "x", "Content-Type: text/calendar; method=REPLY\nContent-Transfer-Encoding: base64\n\nQkVHSU46VkNBTEVO!!!!REFS====\n%%%"), "parked notAReply"),
            "long line" => (Typed($"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{new string('x', 5_000_000)}\nEND:VEVENT\nEND:VCALENDAR"), "parked noUid"),
            "deep" => (Replying.Written(person.Address, person.Email, "x", "Content-Type: multipart/mixed; boundary=b0\n\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"--b{i}\nContent-Type: multipart/mixed; boundary=b{i + 1}\n\n"))), "forwarded"),
            "deep objects" => (Typed(string.Concat(Enumerable.Repeat("BEGIN:VCALENDAR\n", 20_000))), "parked unreadable"),
            "no end" => (Typed($"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{person.Id}\nATTENDEE;PARTSTAT=\"DECL"), "parked otherAttendee"),
            "nul" => (Typed("\0\0\0BEGIN:VCALENDAR\0"), "parked unreadable"),
            "many parts" => (Replying.Written(person.Address, person.Email, "x", "Content-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\nContent-Type: text/calendar; method=REPLY\n\nx\n", 20_000))), "parked unreadable"),
            _ => (Replying.Written(person.Address, person.Email, new string('ü', 300_000), "\nHello"), "parked unreadable"),
        };
        (await _replying.OutcomeAsync(raw)).ShouldBe(outcome);
        (await Host.Partner.NowAsync(person.Registration)).ToJsonString().ShouldBe(before);
    }

    private static string Answer(string client, Invited person, string status)
    {
        const string Boundary = "_000_boundary_";
        var (subject, rest) = client switch
        {
            // Windows names of zones, the text that was written as DESCRIPTION, a part in base64 among the alternatives.
            "outlook" => ("Mit Vorbehalt: Jahresversammlung", $"""
                X-MS-Has-Attach:
                Content-Language: de-DE
                Content-Type: multipart/alternative; boundary="{Boundary}"

                --{Boundary}
                Content-Type: text/plain; charset="iso-8859-1"
                Content-Transfer-Encoding: quoted-printable

                Ich komme sp=E4ter, gegen 10 Uhr - gr=FC=DFe
                --{Boundary}
                Content-Type: text/html; charset="iso-8859-1"
                Content-Transfer-Encoding: quoted-printable

                <html><body>Ich komme sp=E4ter</body></html>
                --{Boundary}
                Content-Type: text/calendar; charset="utf-8"; method=REPLY
                Content-Transfer-Encoding: base64

                {Base64(Object($"DESCRIPTION;LANGUAGE=de-DE:Ich komme später\\, gegen 10 Uhr – grüße\\n\nSUMMARY;LANGUAGE=de-DE:Mit Vorbehalt: Jahresversammlung\nDTSTART;TZID=W. Europe Standard Time:20201016T090000\nDTEND;TZID=W. Europe Standard Time:20201016T110000\nCLASS:PUBLIC\nX-MICROSOFT-CDO-APPT-SEQUENCE:{person.Sequence}\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\n", "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nEND:VTIMEZONE\n", "MAILTO"))}
                --{Boundary}--
                """),
            // The description of the invite comes back, and the mail says of itself that nobody need answer it.
            "exchange" => ("Tentative: Jahresversammlung", $"""
                X-Auto-Response-Suppress: DR, OOF, AutoReply
                Auto-Submitted: auto-generated
                Content-Type: text/calendar; charset="utf-8"; method=REPLY
                Content-Transfer-Encoding: base64

                {Base64(Object($"DESCRIPTION:Anmeldenummer: {person.Registration["reference"]}\\nIhre Anmeldung\n", "", "MAILTO"))}
                """),
            // The object twice, as a part and as a file; words of its own beside it.
            "google" => ("Tentatively Accepted: Jahresversammlung @ Fri Oct 16", $"""
                Sender: Google Calendar <calendar-notification@google.example>
                Content-Type: multipart/mixed; boundary="{Boundary}"

                --{Boundary}
                Content-Type: multipart/alternative; boundary="inner"

                --inner
                Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes
                Content-Transfer-Encoding: base64

                {Base64("Erika has replied \"Maybe\" to this invitation.")}
                --inner
                Content-Type: text/calendar; charset="UTF-8"; method=REPLY
                Content-Transfer-Encoding: quoted-printable

                {Quoted(Object($"COMMENT:Maybe\\, 也许\nCREATED:20200921T080000Z\nDESCRIPTION:Anmeldenummer: {person.Registration["reference"]}\nTRANSP:OPAQUE\n", "CALSCALE:GREGORIAN\n"))}
                --inner--
                --{Boundary}
                Content-Type: application/ics; name="invite.ics"
                Content-Disposition: attachment; filename="invite.ics"
                Content-Transfer-Encoding: base64

                {Base64(Object("", ""))}
                --{Boundary}--
                """),
            "apple" => ("Tentative: Jahresversammlung", $"""
                X-Mailer: iPhone Mail (17H35)
                Content-Type: multipart/alternative; boundary={Boundary}

                --{Boundary}
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                Erika hat die Einladung zum Ereignis =E2=80=9EJahresversammlung=E2=80=9C unter Vorbehalt angenommen.
                --{Boundary}
                Content-Type: text/calendar; method=REPLY; charset=utf-8
                Content-Transfer-Encoding: 7bit

                {Object("", "CALSCALE:GREGORIAN\n", folded: true)}
                --{Boundary}--
                """),
            // As 153 does: the object twice, its octets as they are, with all that the invite had in it; and its words say "accepted" of a perhaps too.
            "thunderbird" => ("Tentative: Jahresversammlung", $"""
                Content-type: multipart/mixed; boundary="Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)"


                --Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)
                Content-type: multipart/alternative;
                 boundary="Boundary_(ID_ryU4ZdJoASiZ+Jo21dCbwA)"


                --Boundary_(ID_ryU4ZdJoASiZ+Jo21dCbwA)
                Content-type: text/plain; charset=UTF-8
                Content-transfer-encoding: 8BIT

                Erika Beispiel <{person.Email}> has accepted your event invitation.


                --Boundary_(ID_ryU4ZdJoASiZ+Jo21dCbwA)
                Content-type: text/calendar; method=REPLY; charset=UTF-8
                Content-transfer-encoding: 8BIT

                {Thunderbird()}

                --Boundary_(ID_ryU4ZdJoASiZ+Jo21dCbwA)--

                --Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)
                Content-type: application/ics; name=invite.ics
                Content-transfer-encoding: 8BIT
                Content-disposition: attachment; filename=invite.ics

                {Thunderbird()}

                --Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)--
                """),
            _ => ("My answer", $"""
                Content-Type: multipart/mixed; boundary="{Boundary}"

                --{Boundary}
                Content-Type: text/plain

                --{Boundary}
                Content-Type: application/ics; name=answer.ics
                Content-Transfer-Encoding: base64
                Content-Disposition: attachment; filename=answer.ics

                {Base64("\ufeff" + Object("", ""))}
                --{Boundary}--
                """),
        };
        return Replying.Written(person.Address, $"Erika Beispiel <{person.Email}>", subject, rest);

        string Thunderbird() => string.Join('\n', $"""
            BEGIN:VCALENDAR
            PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
            VERSION:2.0
            METHOD:REPLY
            BEGIN:VTIMEZONE
            TZID:Europe/Berlin
            BEGIN:STANDARD
            DTSTART:20191027T030000
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            END:STANDARD
            END:VTIMEZONE
            BEGIN:VEVENT
            LAST-MODIFIED:20200921T080000Z
            DTSTAMP:20200921T080000Z
            UID:{person.Id}
            SUMMARY:Jahresversammlung
            STATUS:CONFIRMED
            ORGANIZER;CN=ISA – Büro:mailto:{person.Address}
            ATTENDEE;CN=Erika Beispiel;PARTSTAT={status};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:mailto:{person.Email}
            ATTACH;FMTTYPE=application/pdf;ENCODING=BASE64;FILENAME=Tagesordnung.pdf;X-FILENAME=Tagesordnung.pdf;VALUE=BINARY:{Convert.ToBase64String(new byte[300_000])}
            DTSTART;TZID=Europe/Berlin:20201016T090000
            DTEND;TZID=Europe/Berlin:20201016T110000
            DESCRIPTION:Wann: Freitag\, 16. Oktober 2020\nAnmeldenummer: {person.Registration["reference"]}
            LOCATION:Hannover
            SEQUENCE:{person.Sequence}
            TRANSP:OPAQUE
            END:VEVENT
            END:VCALENDAR
            """.Split('\n').Select(line => string.Join("\n ", line.Chunk(74).Select(part => new string(part)))));

        string Object(string more, string head, string scheme = "mailto", bool folded = false)
        {
            var attendee = $"ATTENDEE;PARTSTAT={status};ROLE=REQ-PARTICIPANT;CN=\"Beispiel, Erika\":{scheme}:{person.Email}";
            return $"BEGIN:VCALENDAR\nPRODID:-//Example//EN\nVERSION:2.0\nMETHOD:REPLY\n{head}BEGIN:VEVENT\n{(folded ? attendee.Insert(20, "\n ").Insert(60, "\n ") : attendee)}\n{more}ORGANIZER:mailto:{person.Address}\nUID:{person.Id}\nSEQUENCE:{person.Sequence}\nDTSTAMP:20200921T080000Z\n"
                + "BEGIN:VALARM\nUID:other\nACTION:DISPLAY\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n";
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), Base64FormattingOptions.InsertLineBreaks);

    private static string Quoted(string text) => string.Join('\n', text.Split('\n').Select(line => string.Concat(Encoding.UTF8.GetBytes(line).Select(b => b is > 32 and < 127 and not (byte)'=' ? ((char)b).ToString() : $"={b:X2}")))
        .Select(line => string.Join("=\n", line.Replace("=", "\u0001=").Split('\u0001', StringSplitOptions.RemoveEmptyEntries).Chunk(20).Select(chunk => string.Concat(chunk)))));
}
