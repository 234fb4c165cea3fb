using System.Text;
using Isa.Events.Api.Features.Server;
using Isa.Events.Api.Problems;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Isa.Events.Tests.Features.Server;

public class ServerTests(SharedHost host)
{
    [Fact]
    public async Task Every_problem_has_its_page_and_a_text_in_three_languages()
    {
        var list = (await host.Anybody.GetAsync("/problems")).ShouldBe(HttpStatusCode.OK).Text;
        foreach (var (code, problem) in Problem.All)
        {
            list.ShouldContain($"/problems/{code}");
            (await host.Anybody.GetAsync($"/problems/{code}")).ShouldBe(HttpStatusCode.OK).Text.ShouldContain(System.Text.Encodings.Web.HtmlEncoder.Default.Encode(problem.Title)[..3]);
            new[] { problem.Detail.De, problem.Detail.En, problem.Detail.Zh }.ShouldBeUnique();
            problem.Detail.Zh.ShouldContain(problem.Detail.Zh.First(c => c is >= '\u4e00' and <= '\u9fff'));
        }

        (await host.Anybody.GetAsync("/problems/none-such")).ShouldBe(HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData("de-AT,en;q=0.5", "Hier")]
    [InlineData("zh", "很")]
    [InlineData("fr", "Un")]
    public async Task Problems_speak_the_callers_language(string accepted, string begins)
    {
        var evt = await host.EventWithSeatsAsync(1);
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        var answer = (await host.Partner.RegisterAsync(evt, null, ("Accept-Language", accepted))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        ((string)answer.Json["detail"]!)[..1].ShouldBe(begins[..1]);
        answer.Header("Content-Language").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/v1/registrations/reg_00000000000000000000000000000000", 401)]
    [InlineData("/v1/me", 401)]
    [InlineData("/v1/events/none-such", 404)]
    [InlineData("/v1/events?limit=0", 400)]
    [InlineData("/v1/nothing", 404)]
    public async Task Errors_carry_the_headers_of_every_answer(string path, int status)
    {
        var answer = await host.Anybody.GetAsync(path);
        ((int)answer.Status).ShouldBe(status);
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Header("Referrer-Policy").ShouldBe("no-referrer");
        answer.Header("Cache-Control")!.ShouldContain("no-store");
        answer.Header("WWW-Authenticate").ShouldBe(status == 401 ? "Bearer" : null);
    }

    [Fact]
    public async Task Head_answers_as_get_does_without_the_body()
    {
        var evt = await host.EventAsync();
        var page = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json.PathOf("manage");
        foreach (var path in new[] { $"/v1/events/{evt}", $"/v1/events/{evt}/calendar.ics", "/v1/events", "/openapi.yaml", "/health/live", "/health/ready", "/docs/", "/problems", page, "/v1/events/none-such", "/v1/me" })
        {
            var (get, head) = (await host.Anybody.GetAsync(path), await host.Anybody.SendAsync(HttpMethod.Head, path, null));
            head.Status.ShouldBe(get.Status, path);
            head.Bytes.ShouldBeEmpty();
            foreach (var name in new[] { "ETag", "Content-Type", "Cache-Control", "Content-Disposition" }) head.Header(name).ShouldBe(get.Header(name), path);
        }

        var tag = (await host.Anybody.GetAsync($"/v1/events/{evt}")).ETag!;
        (await host.Anybody.SendAsync(HttpMethod.Head, $"/v1/events/{evt}", null, ("If-None-Match", tag))).ShouldBe(HttpStatusCode.NotModified);
        (await host.Organizer.SendAsync(HttpMethod.Head, $"/v1/events/{evt}/publish", null)).ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Says_that_it_lives_and_that_its_parts_work()
    {
        ((string)(await host.Anybody.GetAsync("/health/live")).ShouldBe(HttpStatusCode.OK).Json["status"]!).ShouldBe("live");
        var ready = (await host.Anybody.GetAsync("/health/ready")).ShouldBe(HttpStatusCode.OK).Json;
        ((string)ready["status"]!).ShouldBe("ready");
        string[] backup = host.Kind == DatabaseKind.Sqlite ? ["backup ok"] : []; // PostgreSQL has tools of its own
        ready["parts"]!.AsArray().Select(p => $"{p!["name"]} {p["status"]}").ShouldBe(["server ok", "disk ok", "read ok", "write ok", .. backup]);
    }

    [Fact]
    public async Task Is_not_ready_while_another_process_holds_the_file_and_ready_again_after()
    {
        await using var own = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = new() { ["Database:LockTimeoutSeconds"] = "1" } };
        await own.InitializeAsync();
        await using (var holder = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={own.Database.File}"))
        {
            holder.Open();
            using var transaction = holder.BeginTransaction();
            var answer = (await own.Anybody.GetAsync("/health/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Json["parts"]!.AsArray().Where(p => (string)p!["status"]! == "failed").Select(p => (string)p!["name"]!).ShouldBe(["write"]);
            (await own.Anybody.GetAsync("/health/live")).ShouldBe(HttpStatusCode.OK);
            (await own.Anybody.GetAsync("/v1/events")).ShouldBe(HttpStatusCode.OK);
            var busy = (await own.Organizer.PostAsync("/v1/events", Given.Plenary().ToJsonString())).ShouldBe(HttpStatusCode.ServiceUnavailable);
            busy.Header("Retry-After").ShouldNotBeNull();
        }

        (await own.Anybody.GetAsync("/health/ready")).ShouldBe(HttpStatusCode.OK);
        (await own.Organizer.PostAsync("/v1/events", Given.Plenary().ToJsonString())).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_contract_and_its_page_come_from_here_alone()
    {
        var contract = (await host.Anybody.GetAsync("/openapi.yaml")).ShouldBe(HttpStatusCode.OK);
        contract.Text[..200].ShouldContain("openapi: 3.1");
        (await host.Anybody.GetAsync("/openapi.yaml", ("If-None-Match", contract.ETag!))).ShouldBe(HttpStatusCode.NotModified);
        var docs = (await host.Anybody.GetAsync("/docs/")).ShouldBe(HttpStatusCode.OK);
        docs.Text.ShouldContain("\"hideClientButton\":true"); // it leads to a foreign host
        docs.Header("Content-Security-Policy")!.ShouldContain("default-src 'self'");
        System.Text.RegularExpressions.Regex.Matches(docs.Text, "(?:src|href)=\"(https?:)?//").ShouldBeEmpty();
    }

    [Fact]
    public async Task Too_many_requests_are_told_when_to_come_back()
    {
        await using var own = new EventsHost { Settings = new() { ["Server:RequestsPerMinutePerKey"] = "5", ["Server:RequestsPerMinutePerAddress"] = "3" } };
        await own.InitializeAsync();
        for (var i = 0; i < 5; i++) (await own.Partner.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.OK);
        var refused = (await own.Partner.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.TooManyRequests, "too-many-requests");
        int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        (await own.Organizer.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.OK); // each key for itself
        for (var i = 0; i < 3; i++) (await own.Anybody.GetAsync("/v1/events", ("X-Forwarded-For", $"203.0.113.{i}"))).ShouldBe(HttpStatusCode.OK);
        (await own.Anybody.GetAsync("/v1/events", ("X-Forwarded-For", "203.0.113.9"))).ShouldBe(HttpStatusCode.TooManyRequests, "too-many-requests"); // no proxy is known
        (await own.Anybody.GetAsync("/health/live")).ShouldBe(HttpStatusCode.OK);
        (await own.Caller("isa_ptn_" + new string('x', 37)).GetAsync("/v1/me")).ShouldBe(HttpStatusCode.TooManyRequests, "too-many-requests"); // a wrong key counts for its address
    }

    [Fact]
    public async Task A_known_proxy_tells_whose_request_it_is()
    {
        await using var own = new EventsHost { Settings = new() { ["Server:RequestsPerMinutePerAddress"] = "1", ["Server:KnownProxies:0"] = "127.0.0.1", ["Server:KnownProxies:1"] = "::1" } };
        await own.InitializeAsync();
        foreach (var address in new[] { "203.0.113.1", "203.0.113.2" }) (await own.Anybody.GetAsync("/v1/events", ("X-Forwarded-For", address))).ShouldBe(HttpStatusCode.OK);
        (await own.Anybody.GetAsync("/v1/events", ("X-Forwarded-For", "203.0.113.1"))).ShouldBe(HttpStatusCode.TooManyRequests, "too-many-requests");
    }

    [Fact]
    public async Task The_log_holds_no_person_and_no_secret()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var person = Given.Person("geheim@example.org", "zoom", p => (p["fullName"], p["organisation"], p["phone"]) = ("Vertraulich Geheim", "Verschwiegene GmbH", "+49 511 123456"));
        var made = (await own.Partner.RegisterAsync(evt, (JsonObject)person.DeepClone(), ("Idempotency-Key", "geheimer-schluessel"))).ShouldBe(HttpStatusCode.Created).Json;
        (await own.Partner.RegisterAsync(evt, person)).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        (await own.Anybody.GetAsync(made.PathOf("manage"))).ShouldBe(HttpStatusCode.OK);
        (await own.Anybody.GetAsync(made.PathOf("invite"))).ShouldBe(HttpStatusCode.OK);
        (await own.Partner.GetAsync($"/v1/events/{evt}/registrations?email=geheim@example.org&q=Vertraulich&nonsense=geheim")).ShouldBe(HttpStatusCode.BadRequest);
        (await own.Anybody.PostAsync(made.PathOf("invite").Replace("/invite.ics", "/cancel?nonsense=1"))).ShouldBe(HttpStatusCode.BadRequest);
        var failed = (await own.Partner.PostAsync($"/v1/events/{evt}/registrations", """{"fullName":"Vertraulich Geheim","email":7}""")).ShouldBe(HttpStatusCode.BadRequest);
        (await own.Caller("isa_ptn_nobodys").GetAsync("/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);

        var log = string.Join('\n', own.Log.All.Where(l => !l.Contains(" Microsoft.Hosting.Lifetime ", StringComparison.Ordinal))); // that one tells where it listens
        log.ShouldContain("POST /v1/events/{event}/registrations 201");
        log.ShouldContain("GET /v1/me 401");
        foreach (var address in new[] { "127.0.0.1", "::1" }) log.ShouldNotContain(address);
        log.ShouldContain((string)failed.Json["traceId"]!);
        foreach (var secret in new[] { "geheim", "Vertraulich", "Verschwiegen", "511 123456", own.PartnerKey, own.OrganizerKey, made.PathOf("manage")[3..], (string)made["id"]! })
            log.ShouldNotContain(secret, Case.Insensitive);
    }

    [Fact]
    public async Task A_stop_answers_what_runs()
    {
        var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var body = Given.Person().ToJsonString();
        using var half = new HalfSent(Encoding.UTF8.GetBytes(body));
        half.Headers.ContentType = new("application/json");
        var running = own.Partner.SendAsync(HttpMethod.Post, $"/v1/events/{evt}/registrations", half);
        await half.Started.Task;
        var stopping = own.Services.GetRequiredService<IHostApplicationLifetime>();
        stopping.StopApplication();
        var stopped = own.Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);
        half.Rest.SetResult();
        var answer = await running;
        answer.Status.ShouldBe(HttpStatusCode.Created, string.Join('\n', own.Log.All.Where(l => l.Contains("Exception"))));
        await stopped;
        await own.DisposeAsync();
    }

    [Fact]
    public async Task Housekeeping_forgets_old_tests_and_documents_nobody_names()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var test = own.Caller(await own.KeyAsync(Isa.Events.Api.Features.Partners.Role.Partner, "Trying out", isTest: true));
        var trial = (string)(await test.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json["id"]!;
        var real = (string)(await own.Partner.RegisterAsync(evt, null, ("Idempotency-Key", "a-key-of-today"))).ShouldBe(HttpStatusCode.Created).Json["id"]!;
        foreach (var text in new[] { "%PDF-1 one %%EOF", "%PDF-1 two %%EOF" })
        {
            var pdf = new ByteArrayContent(Encoding.ASCII.GetBytes(text));
            pdf.Headers.ContentType = new("application/pdf");
            (await own.Organizer.SendAsync(HttpMethod.Put, $"/v1/events/{evt}/agenda/document", pdf, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        }

        var housekeeping = own.Services.GetServices<IHostedService>().OfType<Housekeeping>().Single();
        await housekeeping.RunAsync(TestContext.Current.CancellationToken);
        (await CountAsync("SELECT COUNT(*) FROM documents")).ShouldBe(1);
        (await CountAsync("SELECT COUNT(*) FROM idempotency_keys")).ShouldBe(1);
        (await test.GetAsync($"/v1/registrations/{trial}")).ShouldBe(HttpStatusCode.OK);

        own.Time.Advance(TimeSpan.FromDays(8));
        await housekeeping.RunAsync(TestContext.Current.CancellationToken);
        (await CountAsync("SELECT COUNT(*) FROM idempotency_keys")).ShouldBe(0);
        (await test.GetAsync($"/v1/registrations/{trial}")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await own.Partner.GetAsync($"/v1/registrations/{real}")).ShouldBe(HttpStatusCode.OK);

        Task<long> CountAsync(string sql) => own.Database.ReadAsync(session => session.One<long>(sql), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Housekeeping_goes_on_with_the_others_where_an_event_cannot_be_read()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var test = own.Caller(await own.KeyAsync(Isa.Events.Api.Features.Partners.Role.Partner, "Trying out", isTest: true));
        string[] events = [await own.EventAsync(), await own.EventAsync(), await own.EventAsync()];
        foreach (var evt in events) (await test.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        string[] broken = [events[0], events[2]];
        foreach (var evt in broken) await own.BreakAsync(evt);
        own.Time.Advance(TimeSpan.FromDays(8));
        await own.Services.GetServices<IHostedService>().OfType<Housekeeping>().Single().RunAsync(TestContext.Current.CancellationToken);
        foreach (var (evt, left) in events.Zip([1, 0, 1])) (await own.CountAsync("SELECT COUNT(*) FROM registrations WHERE event_id = @Id", evt)).ShouldBe(left);
        foreach (var evt in broken) own.Log.All.ShouldContain(line => line.Contains("Housekeeping failed") && line.Contains(evt));
    }

    /// <summary>A body that stops half-way until it is told to go on.</summary>
    private sealed class HalfSent(byte[] content) : HttpContent
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Rest { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(content.AsMemory(0, content.Length / 2));
            await stream.FlushAsync();
            Started.SetResult();
            await Rest.Task;
            await stream.WriteAsync(content.AsMemory(content.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Length;
            return true;
        }
    }
}
