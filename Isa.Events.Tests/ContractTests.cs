using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Isa.Events.Api.Http;
using Isa.Events.Api.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests;

/// <summary>The contract says what the running server does: same operations, same access, same members.</summary>
public class ContractTests(SharedHost host)
{
    // Keywords that the validator of the test run enforces; others would be promises nobody checks.
    private static readonly string[] Enforced =
    [
        "type", "properties", "required", "items", "enum", "minLength", "maxLength", "minimum", "maximum", "pattern", "minItems", "maxItems", "additionalProperties", "description", "examples", "$ref", "format",
    ];

    private static readonly ContractFile Contract = ContractFile.Read();

    [Fact]
    public void Has_exactly_the_operations_that_run()
    {
        var running = Endpoints().Select(e => $"{e.Verb} {e.Path} {e.Definition.EndpointType.Name}").Order().ToList();
        var written = Contract.Operations.Where(o => o.Id != "GetDocs").Select(o => $"{o.Verb} {o.Path} {o.Id}").Order().ToList();
        written.ShouldBe(running);
    }

    [Fact]
    public void Says_who_may_call()
    {
        foreach (var (verb, path, definition, endpoint) in Endpoints())
        {
            var operation = Contract.Operations.Single(o => o.Verb == verb && o.Path == path);
            var access = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? "anonymous" : endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).First(p => p is not null && !p.StartsWith("epPolicy", StringComparison.Ordinal));
            operation.Access.ShouldBe(access, operation.Id);
            var keyless = operation.Json["security"]!.AsArray().Any(s => s!.AsObject().Count == 0);
            keyless.ShouldBe(access == "anonymous", operation.Id);
            definition.ShouldNotBeNull();
        }
    }

    [Fact]
    public void Has_the_members_of_every_record_that_goes_over_the_wire()
    {
        var seen = new HashSet<Type>();
        foreach (var (_, _, definition, _) in Endpoints())
        {
            foreach (var type in new[] { definition.ReqDtoType, definition.ResDtoType }) Compare(type, definition.ReqDtoType == type, seen);
        }

        Compare(typeof(ProblemAnswer), false, seen);
        seen.Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Uses_only_keywords_that_are_enforced()
    {
        foreach (var (name, schema) in Contract.Json["components"]!["schemas"]!.AsObject()) Walk(schema!, name);

        static void Walk(JsonNode schema, string where)
        {
            foreach (var (keyword, value) in schema.AsObject())
            {
                Enforced.ShouldContain(keyword, $"{where}: {keyword}");
                if (keyword == "properties") foreach (var (member, inner) in value!.AsObject()) Walk(inner!, $"{where}.{member}");
                else if (keyword == "items" || keyword == "additionalProperties" && value is JsonObject) Walk(value!, where);
            }
        }
    }

    [Fact]
    public void Names_only_problems_that_exist_each_under_its_status()
    {
        foreach (var operation in Contract.Operations)
        {
            foreach (var code in operation.Problems)
            {
                Problem.All.ShouldContainKey(code, operation.Id);
                operation.Json["responses"]!.AsObject().ContainsKey(Problem.All[code].Status.ToString(System.Globalization.CultureInfo.InvariantCulture)).ShouldBeTrue($"{operation.Id} lists {code} but not its status");
            }
        }

        Problem.All.Keys.Except(Contract.Operations.SelectMany(o => o.Problems)).Except(["not-found", "method-not-allowed", "uri-too-long", "request-timeout"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_served_as_it_is_written() =>
        (await host.Anybody.GetAsync("/openapi.yaml")).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "openapi.yaml"), TestContext.Current.CancellationToken));

    [Fact]
    public void Notices_an_answer_that_is_not_as_it_says()
    {
        Contract.Refusal(new RecordedAnswer("GET", "/v1/me", 200, "application/json", """{"role":"king"}""")).ShouldNotBeNull();
        Contract.Refusal(new RecordedAnswer("GET", "/v1/me", 418, "application/json", "{}")).ShouldNotBeNull();
    }

    private IEnumerable<(string Verb, string Path, FastEndpoints.EndpointDefinition Definition, Endpoint Endpoint)> Endpoints() =>
        from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let definition = endpoint.Metadata.GetMetadata<FastEndpoints.EndpointDefinition>()
        where definition is not null && definition.EndpointType.Assembly == typeof(Isa.Events.Api.Program).Assembly
        from verb in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select (verb, "/" + endpoint.RoutePattern.RawText!.TrimStart('/'), definition, (Endpoint)endpoint);

    private static void Compare(Type type, bool request, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var info = type.Namespace?.StartsWith("Isa.Events", StringComparison.Ordinal) == true || type.IsGenericType ? Json.Wire.GetTypeInfo(type) : null;
        if (info is null || !seen.Add(type)) return;
        if (info.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
        {
            foreach (var inner in type.GetGenericArguments()) Compare(inner, request, seen);
            return;
        }

        if (type.IsEnum || info.Kind != JsonTypeInfoKind.Object) return;
        var schema = Contract.Schema(SchemaName(type, request));
        var members = info.Properties.Where(p => !p.IsExtensionData && p.Get is not null).ToList();
        var written = schema["properties"]!.AsObject();
        // Problems have more members, each with its code; the schema describes them.
        if (type != typeof(ProblemAnswer)) written.Select(p => p.Key).Order().ShouldBe(members.Select(m => m.Name).Order(), type.Name);
        foreach (var member in members)
        {
            var memberType = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
            // Requests may name a language with its region, so their schema is a pattern.
            if (memberType.IsEnum && !(request && memberType == typeof(Language)))
                Contract.Follow(written[member.Name]!)["enum"]!.AsArray().Select(v => (string?)v).OfType<string>().ShouldBe(Enum.GetValues(memberType).Cast<object>().Select(v => JsonSerializer.Serialize(v, memberType, Json.Wire).Trim('"')), ignoreOrder: true, $"{type.Name}.{member.Name}");
            Compare(memberType, request, seen);
        }
    }

    private static string SchemaName(Type type, bool request) => type.Name switch
    {
        "AgendaItem" when request => "AgendaItemRequest",
        var name when name.EndsWith("Answer", StringComparison.Ordinal) => name[..^6],
        var name => name,
    };
}
