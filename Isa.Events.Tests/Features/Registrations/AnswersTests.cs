namespace Isa.Events.Tests.Features.Registrations;

/// <summary>Answers to an event's questions, as people give them when they register.</summary>
public class AnswersTests(SharedHost host)
{
    [Fact]
    public async Task Are_kept_as_they_were_given()
    {
        var evt = await host.AskingEventAsync();
        var given = """
            [{"question":"diet","value":"vegetarian"},{"question":"topics","values":["ports","energy"]},{"question":"nights","value":"1.5"},{"question":"arrival","value":"2020-10-15"},{"question":"parking","value":"false"}]
            """;
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person(given))).ShouldBe(HttpStatusCode.Created).Json;
        JsonNode.DeepEquals(made["answers"], JsonNode.Parse(given)).ShouldBeTrue(made["answers"]!.ToJsonString());
        var read = (await host.Partner.GetAsync($"/v1/registrations/{made["id"]}")).Json;
        JsonNode.DeepEquals(read, made).ShouldBeTrue(read.ToJsonString());
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations")).Json["items"]![0]!["answers"]!.AsArray().Count.ShouldBe(5);
    }

    [Fact]
    public async Task Empty_ones_say_nothing()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"nights","value":""},{"question":"topics","values":[]},{"question":"arrival","value":null}]"""))).ShouldBe(HttpStatusCode.Created).Json;
        made["answers"]!.AsArray().Select(a => (string)a!["question"]!).ShouldBe(["diet", "parking"]);
        (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"diet","value":" "},{"question":"parking"}]""")))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["answers.diet required", "answers.parking required"]);
    }

    [Theory]
    [InlineData("""[{"question":"shoe","value":"42"}]""", "answers[0].question unknown-question")]
    [InlineData("""[{"question":"company","value":"x"}]""", "answers[0].question not-asked")]
    [InlineData("""[{"question":"visa","value":"x"}]""", "answers[0].question not-asked")]
    [InlineData("""[{"question":"diet","value":"meat"}]""", "answers[0].value unknown-value")]
    [InlineData("""[{"question":"diet","value":"Alles"}]""", "answers[0].value unknown-value")]
    [InlineData("""[{"question":"diet","values":["any"]}]""", "answers[0].values expected-nothing")]
    [InlineData("""[{"question":"diet","value":"any","values":["any"]}]""", "answers[0].values expected-nothing")]
    [InlineData("""[{"question":"topics","value":"rail"}]""", "answers[0].value expected-nothing")]
    [InlineData("""[{"question":"topics","values":["rail","sea"]}]""", "answers[0].values unknown-value")]
    [InlineData("""[{"question":"topics","values":["rail","rail"]}]""", "answers[0].values duplicate-value")]
    [InlineData("""[{"question":"nights","value":"two"}]""", "answers[0].value invalid-number")]
    [InlineData("""[{"question":"nights","value":"1,5"}]""", "answers[0].value invalid-number")]
    [InlineData("""[{"question":"nights","value":"1e1"}]""", "answers[0].value invalid-number")]
    [InlineData("""[{"question":"nights","value":"٣"}]""", "answers[0].value invalid-number")]
    [InlineData("""[{"question":"nights","value":"9999999999999999999999999999999999"}]""", "answers[0].value invalid-number")]
    [InlineData("""[{"question":"nights","value":"-1"}]""", "answers[0].value out-of-range")]
    [InlineData("""[{"question":"nights","value":"14.01"}]""", "answers[0].value out-of-range")]
    [InlineData("""[{"question":"arrival","value":"2020-02-30"}]""", "answers[0].value invalid-date")]
    [InlineData("""[{"question":"arrival","value":"15.10.2020"}]""", "answers[0].value invalid-date")]
    [InlineData("""[{"question":"parking","value":"yes"}]""", "answers[0].value unknown-value")]
    [InlineData("""[{"question":"nights","value":"1"},{"question":"nights","value":"2"}]""", "answers[1].question duplicate-value")]
    [InlineData("""[{"value":"1"}]""", "answers[0].question required")]
    [InlineData("""[{"question":"nights","value":1}]""", "answers[0].value wrong-type")]
    [InlineData("""[{"question":"nights","value":"1","unit":"d"}]""", "answers[0].unit unknown-member")]
    [InlineData("""[null]""", "answers[0] wrong-type")]
    [InlineData("""[{"question":"topics","values":[null]}]""", "answers[0].values[0] wrong-type")]
    public async Task Wrong_ones_are_refused_by_field(string answers, string error)
    {
        var evt = await host.AskingEventAsync();
        var answer = await host.Partner.RegisterAsync(evt, Asking.Person(answers));
        ((int)answer.Status).ShouldBeOneOf(400, 422);
        answer.Errors.ShouldBe([error]);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations")).Json["items"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(20, false, null)]
    [InlineData(21, false, "answers[0].value too-long")]
    [InlineData(20, true, "answers[0].value control-character")]
    public async Task A_text_is_as_long_as_its_question_allows(int length, bool twoLines, string? error)
    {
        var evt = await host.AskingEventAsync();
        var text = string.Concat(Enumerable.Repeat("😀", twoLines ? length - 1 : length));
        if (twoLines) text = text[..2] + "\\n" + text[2..];
        var answer = await host.Partner.RegisterAsync(evt, Asking.Person($$"""[{"question":"company","value":"{{text}}"}]""", p => p["audience"] = "company"));
        answer.Errors.ShouldBe(error is null ? [] : [error]);
    }

    [Fact]
    public async Task A_long_text_has_lines_and_a_bound_on_one_side_says_so()
    {
        var evt = await host.AskingEventAsync(q =>
        {
            q.Find("nights").AsObject().Remove("max");
            (q.Find("arrival")["type"], q.Find("arrival")["max"]) = ("number", 3);
        });
        (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"visa","value":"a\nb"}]""", p => p["language"] = "zh"))).ShouldBe(HttpStatusCode.Created);
        var refused = await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"nights","value":"-0.5"},{"question":"arrival","value":"3.5"}]"""), ("Accept-Language", "en"));
        refused.ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["answers[0].value too-small", "answers[1].value too-large"]);
        ((string)refused.Json["errors"]![0]!["detail"]!).ShouldBe("At least 0.");
    }

    [Fact]
    public async Task What_is_asked_depends_on_site_audience_and_language()
    {
        var evt = await host.AskingEventAsync();
        (await RegisterAsync("zoom", "guest", "de", """[{"question":"diet","value":"any"}]""")).ShouldBe(HttpStatusCode.Created);
        (await RegisterAsync("zoom", "guest", "de", """[{"question":"diet","value":"any"},{"question":"parking","value":"true"}]""")).Errors.ShouldBe(["answers[1].question not-asked"]);
        (await RegisterAsync("hannover", "company", "de", null)).Errors.ShouldBe(["answers.diet required", "answers.parking required", "answers.company required"]);
        (await RegisterAsync("zoom", null, "zh-CN", """[{"question":"diet","value":"any"},{"question":"visa","value":"是"}]""")).ShouldBe(HttpStatusCode.Created);
        // Who would attend elsewhere meanwhile is asked what is asked at either site.
        (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p =>
        {
            (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "hannover");
            p["answers"] = JsonNode.Parse("""[{"question":"diet","value":"any"}]""");
        }))).Errors.ShouldBe(["answers.parking required"]);

        Task<Answer> RegisterAsync(string site, string? audience, string language, string? answers) => host.Partner.RegisterAsync(evt, Given.Person(siteId: site, change: p =>
        {
            (p["audience"], p["language"]) = (audience, language);
            if (answers is not null) p["answers"] = JsonNode.Parse(answers);
        }));
    }

    [Fact]
    public async Task An_event_without_questions_takes_no_answers()
    {
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["answers[0].question unknown-question", "answers[1].question unknown-question"]);
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["answers"] = new JsonArray()))).ShouldBe(HttpStatusCode.Created).Json.AsObject().ContainsKey("answers").ShouldBeFalse();
    }

    [Fact]
    public async Task A_dry_run_checks_them_and_the_same_request_again_answers_them()
    {
        var evt = await host.AskingEventAsync();
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", Given.Person().ToJsonString())).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed");
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", Asking.Person().ToJsonString())).ShouldBe(HttpStatusCode.OK).Json["answers"]!.AsArray().Count.ShouldBe(2);
        var person = Asking.Person();
        var first = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "answers-1"))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "answers-1"))).ShouldBe(HttpStatusCode.Created).Text.ShouldBe(first.Text);
        person["answers"]![0]!["value"] = "vegetarian";
        (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "answers-1"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }
}
