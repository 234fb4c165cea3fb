namespace Isa.Events.Tests.Features.Events;

/// <summary>The form of a registration, as a website draws it.</summary>
public class GetRegistrationFormTests(SharedHost host)
{
    // What a website may use for its autocomplete attributes (HTML standard s4.10.18.7).
    private static readonly string[] Tokens = ["name", "honorific-prefix", "family-name", "email", "organization", "organization-title", "address-level2", "tel", "language"];

    [Fact]
    public async Task Has_the_persons_fields_in_order_then_the_questions()
    {
        var evt = await host.AskingEventAsync();
        var form = await FormAsync(evt, "language=de");
        form["fields"]!.AsArray().Select(f => (string)f!["name"]!).ShouldBe(
            ["siteId", "whenFull", "fallbackSiteId", "formOfAddress", "fullName", "familyName", "romanizedName", "email", "audience", "organisation", "jobTitle", "city", "phone", "language", "timeZone", "listensIn", "copyTo", "needs",
                "answers.diet", "answers.topics", "answers.nights", "answers.arrival", "answers.parking", "answers.company", "answers.visa"]);
        form["fields"]!.AsArray().Where(f => (bool)f!["required"]!).Select(f => (string)f!["name"]!).ShouldBe(["siteId", "fullName", "email", "language", "answers.diet", "answers.parking", "answers.company"]);
        form["fields"]!.AsArray().Select(f => (string?)f!["autocomplete"]).OfType<string>().ShouldBe(Tokens, ignoreOrder: true);
        Field(form, "answers.diet").ToJsonString().ShouldBe("""{"name":"answers.diet","label":"Essen","type":"choice","required":true,"options":[{"value":"any","label":"Alles"},{"value":"vegetarian","label":"Vegetarisch"}]}""");
        JsonNode.DeepEquals(Field(form, "answers.nights"), JsonNode.Parse("""{"name":"answers.nights","label":"Nächte","type":"number","required":false,"min":0,"max":14}""")).ShouldBeTrue();
        Field(form, "answers.parking")["siteIds"]!.ToJsonString().ShouldBe("""["hannover"]""");
        Field(form, "answers.company").ToJsonString().ShouldBe("""{"name":"answers.company","label":"Branche","type":"text","required":true,"maxLength":20,"audiences":["company"]}""");
        ((string)Field(form, "answers.visa")["type"]!).ShouldBe("longText");
        Field(form, "answers.visa")["languages"]!.ToJsonString().ShouldBe("""["zh"]""");
        Field(form, "whenFull")["siteIds"]!.ToJsonString().ShouldBe("""["hannover","foshan"]""");
        form["sites"]!.AsArray().Select(s => $"{s!["id"]} {s["name"]} {s["mode"]} {s["state"]}").ShouldBe(["hannover Hannover inPerson open", "foshan Raum der chinesischen Städte linkedRoom open", "zoom Zoom-Konferenz online open"]);
        ((string)form["notice"]!["version"]!).ShouldBe("1");
        ((string)form["notice"]!["text"]!).ShouldStartWith("Wir verarbeiten");
        ((string)form["submitPath"]!).ShouldBe($"/v1/events/{evt}/registrations");
    }

    [Theory]
    [InlineData("de", "Worauf sollen wir achten?", "Stadtvertretung", "Essen")]
    [InlineData("en-GB", "Is there anything we should know?", "City representative", "Food")]
    [InlineData("zh_CN", "您有哪些特殊需求？", "城市代表", "餐食")]
    public async Task Speaks_the_language_asked_for(string language, string needs, string audience, string diet)
    {
        var form = await FormAsync(await host.AskingEventAsync(), $"language={language}");
        ((string)form["language"]!).ShouldBe(language[..2]);
        ((string)Field(form, "needs")["label"]!).ShouldBe(needs);
        ((string)Field(form, "audience")["options"]![0]!["label"]!).ShouldBe(audience);
        ((string)Field(form, "answers.diet")["label"]!).ShouldBe(diet);
        ((string)Field(form, "answers.topics")["label"]!).ShouldBe("Themen"); // written in German alone
        Field(form, "language")["options"]!.AsArray().Select(o => (string)o!["label"]!).ShouldBe(["Deutsch", "English", "中文"]);
    }

    [Fact]
    public async Task Without_a_language_it_speaks_the_events()
    {
        var evt = await host.EventAsync(e => e["defaultLanguage"] = "en");
        ((string)(await FormAsync(evt, ""))["language"]!).ShouldBe("en");
    }

    [Fact]
    public async Task What_it_says_can_be_sent_and_no_more()
    {
        var evt = await host.AskingEventAsync();
        var fields = (await FormAsync(evt, "siteId=hannover&audience=company"))["fields"]!.AsArray().Select(f => f!.AsObject()).Where(f => !f.ContainsKey("languages")).ToList();
        var contract = ContractFile.Read().Schema("RegistrationRequest")["properties"]!;
        var person = Given.Person(change: p => (p["audience"], p["answers"]) = ("company", new JsonArray()));
        foreach (var field in fields.Where(f => f.ContainsKey("maxLength")))
        {
            var (name, max) = ((string)field["name"]!, (int)field["maxLength"]!);
            if (!name.StartsWith("answers.", StringComparison.Ordinal)) ((int)contract[name]!["maxLength"]!).ShouldBe(max, name);
            if ((string)field["type"]! is "email" or "tel") continue; // which have a shape beside
            Put(name, string.Concat(Enumerable.Repeat("字", max)));
        }

        foreach (var question in new[] { "diet", "parking" }) Put($"answers.{question}", (string)fields.Find(f => (string)f["name"]! == $"answers.{question}")!["options"]![0]!["value"]!);
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", person.ToJsonString())).ShouldBe(HttpStatusCode.OK);

        foreach (var field in fields.Where(f => f.ContainsKey("maxLength")))
        {
            var (name, max) = ((string)field["name"]!, (int)field["maxLength"]!);
            var longer = person.DeepClone().AsObject();
            var (value, error) = (string)field["type"]! switch
            {
                "email" => ($"{new string('a', 60)}@{string.Concat(Enumerable.Repeat("bcdefghij.", 19))}organi", $"{name} invalid-email"),
                "tel" => (new string('1', max + 1), $"{name} invalid-phone"),
                _ => (new string('1', max + 1), name.StartsWith("answers.", StringComparison.Ordinal) ? "answers[0].value too-long" : $"{name} too-long"),
            };
            value.Length.ShouldBeGreaterThan(max);
            Put(name, value, longer);
            (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", longer.ToJsonString())).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe([error]);
        }

        // Every field is one that registering knows, and takes its options.
        foreach (var field in fields.Where(f => (string)f["name"]! is "siteId" or "whenFull" or "audience" or "language" or "listensIn"))
        {
            foreach (var option in field["options"]!.AsArray())
            {
                var chosen = Given.Person(change: p =>
                {
                    p["answers"] = person["answers"]!.DeepClone();
                    p["audience"] = "company";
                    p[(string)field["name"]!] = (string)option!["value"]!;
                    if ((string?)p["whenFull"] == "attendSite") p["fallbackSiteId"] = "zoom";
                });
                (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", chosen.ToJsonString())).Errors.ShouldNotContain(e => e.StartsWith((string)field["name"]!, StringComparison.Ordinal) && !e.EndsWith("not-asked", StringComparison.Ordinal));
            }
        }

        foreach (var name in fields.Select(f => (string)f["name"]!).Where(n => !n.StartsWith("answers.", StringComparison.Ordinal))) contract.AsObject().ContainsKey(name).ShouldBeTrue(name);

        void Put(string name, string value, JsonObject? into = null)
        {
            into ??= person;
            if (!name.StartsWith("answers.", StringComparison.Ordinal))
            {
                into[name] = value;
                return;
            }

            var answers = into["answers"]!.AsArray();
            if (answers.FirstOrDefault(a => (string)a!["question"]! == name[8..]) is { } old) answers.Remove(old);
            answers.Insert(0, new JsonObject { ["question"] = name[8..], ["value"] = value });
        }
    }

    [Fact]
    public async Task For_one_site_and_audience_it_asks_what_concerns_them()
    {
        var evt = await host.EventAsync(e =>
        {
            e["questions"] = Asking.Questions();
            e["sites"]![0]!["audiences"] = new JsonArray("cityRepresentative", "advisoryBoard");
        });
        var whole = await FormAsync(evt, "language=de");
        ((bool)Field(whole, "audience")["required"]!).ShouldBeTrue();
        Field(whole, "audience")["options"]!.AsArray().Single(o => (string)o!["value"]! == "guest")!["siteIds"]!.ToJsonString().ShouldBe("""["foshan","zoom"]""");
        Field(whole, "audience")["options"]![0]!.AsObject().ContainsKey("siteIds").ShouldBeFalse();

        var hannover = await FormAsync(evt, "language=de&siteId=hannover&audience=guest");
        Field(hannover, "audience")["options"]!.AsArray().Select(o => (string)o!["value"]!).ShouldBe(["cityRepresentative", "advisoryBoard"]);
        hannover["fields"]!.AsArray().Select(f => (string)f!["name"]!).ShouldNotContain("answers.company");
        ((string)hannover["sites"]![0]!["state"]!).ShouldBe("notInvited");
        var zoom = await FormAsync(evt, "language=de&siteId=zoom&audience=company");
        ((bool)Field(zoom, "audience")["required"]!).ShouldBeFalse();
        var names = zoom["fields"]!.AsArray().Select(f => (string)f!["name"]!).ToList();
        names.ShouldContain("answers.company");
        names.ShouldNotContain("answers.parking");
        names.ShouldNotContain("whenFull"); // it cannot be full
    }

    [Fact]
    public async Task Is_made_once_and_follows_the_event()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var first = (await host.Anybody.GetAsync($"/v1/events/{evt}/registration-form?language=de")).ShouldBe(HttpStatusCode.OK);
        first.Header("Cache-Control").ShouldBe("public, max-age=30");
        (await host.Anybody.GetAsync($"/v1/events/{evt}/registration-form?language=de", ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.NotModified).Bytes.ShouldBeEmpty();
        (await host.Partner.GetAsync($"/v1/events/{evt}/registration-form?language=de")).Header("Cache-Control").ShouldBe("no-cache, private");
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        ((string)(await host.Anybody.GetAsync($"/v1/events/{evt}/registration-form?language=de", ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.OK).Json["sites"]![0]!["state"]!).ShouldBe("full");
        (await host.ReviseAsync(evt, q => q.Add(Asking.Questions()[1]!.DeepClone()))).ShouldBe(HttpStatusCode.OK);
        Field(await FormAsync(evt, "language=de"), "answers.topics")["type"]!.GetValue<string>().ShouldBe("choices");
        (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p["answers"] = JsonNode.Parse("""[{"question":"topics","values":["rail"]}]""")))).ShouldBe(HttpStatusCode.Created);
        (await host.ReviseAsync(evt, q => q.Find("topics")["options"]!.AsArray().Drop("rail"))).ShouldBe(HttpStatusCode.OK);
        Field(await FormAsync(evt, "language=de"), "answers.topics")["options"]!.AsArray().Select(o => (string)o!["value"]!).ShouldBe(["energy", "ports"]);
        (await host.ReviseAsync(evt, q => q.Clear())).ShouldBe(HttpStatusCode.OK);
        (await FormAsync(evt, "language=de"))["fields"]!.AsArray().Select(f => (string)f!["name"]!).ShouldNotContain("answers.topics");
    }

    [Fact]
    public async Task A_draft_has_one_for_organisers_and_parameters_without_meaning_are_refused()
    {
        var draft = await host.DraftAsync();
        (await host.Anybody.GetAsync($"/v1/events/{draft}/registration-form")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await host.Partner.GetAsync($"/v1/events/{draft}/registration-form")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        ((string)(await host.Organizer.GetAsync($"/v1/events/{draft}/registration-form")).ShouldBe(HttpStatusCode.OK).Json["state"]!).ShouldBe("notPublished");
        var evt = await host.EventAsync();
        foreach (var (query, error) in new[] { ("language=fr", "language unknown-language"), ("siteId=berlin", "siteId unknown-site"), ("audience=king", "audience unknown-value"), ("lang=de", "lang unknown-parameter"), ("siteId=zoom&siteId=foshan", "siteId duplicate-member") })
            (await host.Anybody.GetAsync($"/v1/events/{evt}/registration-form?{query}")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe([error]);
    }

    private async Task<JsonNode> FormAsync(string evt, string query) => (await host.Anybody.GetAsync($"/v1/events/{evt}/registration-form?{query}")).ShouldBe(HttpStatusCode.OK).Json;

    private static JsonNode Field(JsonNode form, string name) => form["fields"]!.AsArray().First(f => (string)f!["name"]! == name)!;
}
