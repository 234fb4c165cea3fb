namespace Isa.Events.Tests.Features.Events;

/// <summary>What an event asks, and how that changes under answers that were given.</summary>
public class QuestionsTests(SharedHost host)
{
    [Fact]
    public async Task Are_shown_as_they_were_set_up_and_in_the_language_asked_for()
    {
        var evt = await host.AskingEventAsync();
        var shown = (await host.Anybody.GetAsync($"/v1/events/{evt}")).ShouldBe(HttpStatusCode.OK).Json["questions"]!.AsArray();
        shown.Select(q => (string)q!["id"]!).ShouldBe(["diet", "topics", "nights", "arrival", "parking", "company", "visa"]);
        ((bool)shown.Find("topics")["required"]!).ShouldBeFalse();
        ((decimal)shown.Find("nights")["max"]!).ShouldBe(14);
        var english = (await host.Anybody.GetAsync($"/v1/events/{evt}?language=en")).Json["questions"]!;
        english.Find("diet")["label"]!.ToJsonString().ShouldBe("""{"en":"Food"}""");
        english.Find("topics")["label"]!.ToJsonString().ShouldBe("""{"de":"Themen"}""");
        english.Find("diet")["options"]!.Find("vegetarian")["label"]!.ToJsonString().ShouldBe("""{"en":"Vegetarian"}""");
        (await host.Anybody.GetAsync($"/v1/events/{await host.EventAsync()}")).Json.AsObject().ContainsKey("questions").ShouldBeFalse();
    }

    public static TheoryData<string, string> Bad() => new()
    {
        { """[{"type":"text","label":{"de":"x"}}]""", "questions[0].id required" },
        { """[{"id":"A b","type":"text","label":{"de":"x"}}]""", "questions[0].id invalid-slug" },
        { """[{"id":"a","label":{"de":"x"}}]""", "questions[0].type required" },
        { """[{"id":"a","type":"colour","label":{"de":"x"}}]""", "questions[0].type unknown-value" },
        { """[{"id":"a","type":"text"}]""", "questions[0].label required" },
        { """[{"id":"a","type":"text","label":{"fr":"x"}}]""", "questions[0].label.fr unknown-member" },
        { """[{"id":"a","type":"text","label":{"de":"x\ny"}}]""", "questions[0].label.de control-character" },
        { """[{"id":"a","type":"text","label":{"de":"x"},"maxLength":0}]""", "questions[0].maxLength out-of-range" },
        { """[{"id":"a","type":"text","label":{"de":"x"},"maxLength":2001}]""", "questions[0].maxLength out-of-range" },
        { """[{"id":"a","type":"date","label":{"de":"x"},"maxLength":20}]""", "questions[0].maxLength expected-nothing" },
        { """[{"id":"a","type":"text","label":{"de":"x"},"min":1}]""", "questions[0].min expected-nothing" },
        { """[{"id":"a","type":"number","label":{"de":"x"},"min":1000000000000000}]""", "questions[0].min out-of-range" },
        { """[{"id":"a","type":"number","label":{"de":"x"},"min":1e400}]""", "questions[0].min wrong-type" },
        { """[{"id":"a","type":"number","label":{"de":"x"},"min":"5"}]""", "questions[0].min wrong-type" },
        { """[{"id":"a","type":"number","label":{"de":"x"},"min":5,"max":4.5}]""", "questions[0].max too-small" },
        { """[{"id":"a","type":"text","label":{"de":"x"},"options":[{"id":"b","label":{"de":"y"}}]}]""", "questions[0].options expected-nothing" },
        { """[{"id":"a","type":"choice","label":{"de":"x"}}]""", "questions[0].options required" },
        { """[{"id":"a","type":"choice","label":{"de":"x"},"options":[]}]""", "questions[0].options required" },
        { """[{"id":"a","type":"choice","label":{"de":"x"},"options":[{"label":{"de":"y"}}]}]""", "questions[0].options[0].id required" },
        { """[{"id":"a","type":"choice","label":{"de":"x"},"options":[{"id":"b"}]}]""", "questions[0].options[0].label required" },
        { """[{"id":"a","type":"choice","label":{"de":"x"},"options":[{"id":"b","label":{"de":"y"}},{"id":"b","label":{"de":"z"}}]}]""", "questions[0].options duplicate-id" },
        { """[{"id":"a","type":"choice","label":{"de":"x"},"options":[null]}]""", "questions[0].options[0] wrong-type" },
        { """[{"id":"a","type":"text","label":{"de":"x"}},{"id":"a","type":"date","label":{"de":"y"}}]""", "questions duplicate-id" },
        { """[{"id":"a","type":"text","label":{"de":"x"},"siteIds":["hannover","berlin"]}]""", "questions[0].siteIds[1] unknown-site" },
        { """[{"id":"a","type":"text","label":{"de":"x"},"audiences":["king"]}]""", "questions[0].audiences[0] unknown-value" },
        { """[{"id":"a","type":"text","label":{"de":"x"},"audiences":["guest","guest"]}]""", "questions[0].audiences duplicate-value" },
        { """[{"id":"a","type":"text","label":{"de":"x"},"languages":["fr"]}]""", "questions[0].languages[0] unknown-language" },
        { """[{"id":"a","type":"text","label":{"de":"x"},"color":"red"}]""", "questions[0].color unknown-member" },
        { """{"id":"a"}""", "questions wrong-type" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_ones_are_refused_by_field_when_made_and_when_changed(string questions, string error)
    {
        var made = await host.Organizer.PostAsync("/v1/events", Given.Plenary(e => e["questions"] = "here").ToJsonString().Replace("\"here\"", questions));
        ((int)made.Status).ShouldBeOneOf(400, 422);
        made.Errors.ShouldBe([error]);
        var id = await host.DraftAsync();
        var patched = await host.Organizer.PatchAsync($"/v1/events/{id}", $$"""{"questions":{{questions}}}""", ("If-Match", "*"));
        patched.Status.ShouldBe(made.Status);
        patched.Errors.ShouldBe([error]);
        ((long)(await host.Organizer.GetAsync($"/v1/events/{id}")).Json["version"]!).ShouldBe(1);
    }

    [Theory]
    [InlineData(50, null)]
    [InlineData(51, "questions too-many")]
    public async Task An_event_asks_up_to_fifty(int count, string? error)
    {
        var answer = await host.Organizer.PostAsync("/v1/events", Given.Plenary(e => e["questions"] = new JsonArray([.. Enumerable.Range(0, count).Select(Text)])).ToJsonString());
        answer.Errors.ShouldBe(error is null ? [] : [error]);
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "questions[0].options too-many")]
    public async Task A_question_offers_up_to_a_hundred_options(int count, string? error)
    {
        var question = new JsonObject
        {
            ["id"] = "a", ["type"] = "choices", ["label"] = new JsonObject { ["de"] = "x" },
            ["options"] = new JsonArray([.. Enumerable.Range(0, count).Select(n => new JsonObject { ["id"] = $"o{n}", ["label"] = new JsonObject { ["de"] = $"{n}" } })]),
        };
        (await host.Organizer.PostAsync("/v1/events", Given.Plenary(e => e["questions"] = new JsonArray(question)).ToJsonString())).Errors.ShouldBe(error is null ? [] : [error]);
    }

    [Fact]
    public async Task One_that_was_answered_is_retired_where_it_is_left_out_and_others_go()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"nights","value":"2"}]"""))).ShouldBe(HttpStatusCode.Created).Json;
        var after = (await host.ReviseAsync(evt, q =>
        {
            q.Drop("nights");
            q.Drop("arrival");
        })).ShouldBe(HttpStatusCode.OK).Json["questions"]!;
        ((bool)after.Find("nights")["retired"]!).ShouldBeTrue();
        after.Has("arrival").ShouldBeFalse();
        (await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["questions"].Has("nights").ShouldBeFalse();
        (await host.Partner.GetAsync($"/v1/events/{evt}")).Json["questions"].Has("nights").ShouldBeFalse();
        ((string)(await host.Partner.GetAsync($"/v1/registrations/{made["id"]}")).Json["answers"]![0]!["value"]!).ShouldBe("2");
        (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"nights","value":"2"}]"""))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["answers[0].question unknown-question"]);
        (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created);

        // Another edit, of something else or of the list as it was read, leaves it so; without the mark it is asked again.
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { series = "isa" }, ("If-Match", "*"))).Json["questions"].Has("nights").ShouldBeTrue();
        ((bool)(await host.ReviseAsync(evt, q => q.Find("diet")["label"]!["de"] = "Verpflegung")).ShouldBe(HttpStatusCode.OK).Json["questions"]!.Find("nights")["retired"]!).ShouldBeTrue();
        (await host.ReviseAsync(evt, q => q.Find("nights").AsObject().Remove("retired"))).ShouldBe(HttpStatusCode.OK).Json["questions"]!.Find("nights").AsObject().ContainsKey("retired").ShouldBeFalse();
        (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"nights","value":"3"}]"""))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Taking_all_away_leaves_those_that_were_answered()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK); // a list of those who cancelled shows it still
        var left = (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"questions":null}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["questions"]!.AsArray();
        left.Select(q => $"{q!["id"]} {q["retired"]}").ShouldBe(["diet true", "parking true"]);
        (await host.Anybody.GetAsync($"/v1/events/{evt}")).Json.AsObject().ContainsKey("questions").ShouldBeFalse();
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json.AsObject().ContainsKey("answers").ShouldBeFalse();
    }

    [Fact]
    public async Task The_type_changes_until_somebody_has_answered()
    {
        var evt = await host.AskingEventAsync();
        (await host.ReviseAsync(evt, Retype)).ShouldBe(HttpStatusCode.OK);
        (await host.ReviseAsync(evt, q => (q.Find("nights")["type"], q.Find("nights")["min"], q.Find("nights")["max"]) = ("number", 0, 14))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"nights","value":"2"}]"""))).ShouldBe(HttpStatusCode.Created);
        var before = (await host.Organizer.GetAsync($"/v1/events/{evt}")).Text;
        var refused = (await host.ReviseAsync(evt, Retype)).ShouldBe(HttpStatusCode.Conflict, "question-in-use");
        ((string)refused.Json["question"]!).ShouldBe("nights");
        refused.Errors.ShouldBe(["questions[2].type read-only"]);
        (await host.Organizer.GetAsync($"/v1/events/{evt}")).Text.ShouldBe(before);

        // Nor by way of retiring it.
        (await host.ReviseAsync(evt, q => q.Drop("nights"))).ShouldBe(HttpStatusCode.OK);
        (await host.ReviseAsync(evt, q =>
        {
            q.Find("nights").AsObject().Remove("retired");
            Retype(q);
        })).ShouldBe(HttpStatusCode.Conflict, "question-in-use");

        static void Retype(JsonArray questions)
        {
            var question = questions.Find("nights").AsObject();
            question["type"] = "text";
            question.Remove("min");
            question.Remove("max");
        }
    }

    [Fact]
    public async Task An_option_that_was_chosen_is_retired_with_its_words()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"topics","values":["rail","energy"]}]"""))).ShouldBe(HttpStatusCode.Created).Json;
        var topics = (await host.ReviseAsync(evt, q =>
        {
            q.Find("topics")["options"]!.AsArray().Drop("rail");
            q.Find("topics")["options"]!.AsArray().Drop("ports");
        })).ShouldBe(HttpStatusCode.OK).Json["questions"]!.Find("topics")["options"]!;
        ((bool)topics.Find("rail")["retired"]!).ShouldBeTrue();
        ((string)topics.Find("rail")["label"]!["de"]!).ShouldBe("Bahn");
        topics.Has("ports").ShouldBeFalse();
        (await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["questions"]!.Find("topics")["options"].Has("rail").ShouldBeFalse();
        (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"topics","values":["rail"]}]"""))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["answers[0].values unknown-value"]);
        (await host.Partner.GetAsync($"/v1/registrations/{made["id"]}")).Json["answers"]![0]!["values"]!.ToJsonString().ShouldBe("""["rail","energy"]""");
    }

    [Fact]
    public async Task An_edit_and_an_answer_at_once_lose_nothing()
    {
        for (var round = 0; round < 5; round++)
        {
            var evt = await host.AskingEventAsync();
            var registering = Enumerable.Range(0, 8).Select(_ => host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"arrival","value":"2020-10-15"}]"""))).ToList();
            var edit = host.ReviseAsync(evt, q => q.Drop("arrival"));
            var answers = await Task.WhenAll(registering);
            (await edit).ShouldBe(HttpStatusCode.OK);
            foreach (var answer in answers.Where(a => a.Status != HttpStatusCode.Created)) answer.Errors.ShouldBe(["answers[0].question unknown-question"]);
            // Kept exactly where somebody came before the edit.
            (await host.Organizer.GetAsync($"/v1/events/{evt}")).Json["questions"].Has("arrival").ShouldBe(answers.Any(a => a.Status == HttpStatusCode.Created));
        }
    }

    private static JsonObject Text(int number) => new() { ["id"] = $"q{number}", ["type"] = "text", ["label"] = new JsonObject { ["de"] = $"Frage {number}" } };
}
