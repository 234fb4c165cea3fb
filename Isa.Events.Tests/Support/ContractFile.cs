using System.Text.RegularExpressions;
using NJsonSchema;
using YamlDotNet.Serialization;

namespace Isa.Events.Tests.Support;

/// <summary>One operation of the contract.</summary>
public sealed record Operation(string Id, string Verb, string Path, JsonObject Json)
{
    public string Access => (string)Json["x-access"]!;

    public string[] Problems => [.. (Json["x-problems"]?.AsArray() ?? []).Select(c => (string)c!)];

    public bool Matches(string verb, string path) => verb == Verb && Pattern.IsMatch(path);

    private Regex Pattern => field ??= new Regex($"^{Regex.Replace(Regex.Escape(Path).Replace("\\{", "{"), "{[^}]+}", "[^/]+?")}$");
}

/// <summary><c>openapi.yaml</c> as the tests read it.</summary>
public sealed class ContractFile
{
    private static readonly string[] Verbs = ["get", "post", "put", "patch", "delete"];
    private readonly Dictionary<string, JsonSchema> _schemas = [];

    private ContractFile(JsonObject json)
    {
        Json = json;
        Operations =
        [
            .. json["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Where(o => Verbs.Contains(o.Key))
                .Select(o => new Operation((string)o.Value!["operationId"]!, o.Key.ToUpperInvariant(), p.Key, o.Value!.AsObject())))
                .OrderByDescending(o => Regex.Replace(o.Path, "{[^}]+}", "").Length),
        ];
    }

    public JsonObject Json { get; }

    /// <summary>Those with more fixed text first, so that the first that matches is the one that is meant.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    public static ContractFile Read()
    {
        var yaml = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "openapi.yaml"));
        var plain = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(yaml);
        return new ContractFile(JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(plain))!.AsObject());
    }

    public JsonObject Schema(string name) => Json["components"]!["schemas"]![name]?.AsObject() ?? throw new KeyNotFoundException($"The contract has no schema {name}.");

    /// <summary>A node, or what its reference leads to.</summary>
    public JsonObject Follow(JsonNode node)
    {
        while ((string?)node["$ref"] is { } reference) node = reference[2..].Split('/').Aggregate((JsonNode)Json, (at, key) => at[key]!);
        return node.AsObject();
    }

    /// <summary>What is wrong with an answer, or null.</summary>
    public string? Refusal(RecordedAnswer answer)
    {
        if (Operations.FirstOrDefault(o => o.Matches(answer.Method, answer.Path)) is not { } operation) return null;
        var where = $"{operation.Id} {answer.Status} {answer.MediaType}";
        if (operation.Json["responses"]![answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] is not { } response) return $"{where}: the status is not in the contract";
        if (answer.Body.Length == 0) return null;
        if (Follow(response)["content"]?[answer.MediaType!]?["schema"] is not { } schema) return $"{where}: the media type is not in the contract";
        var errors = Compiled(schema).Validate(answer.Body);
        if (errors.Count > 0) return $"{where}: {string.Join("; ", errors.Take(3))}";
        return answer.MediaType == "application/problem+json" && (string)JsonNode.Parse(answer.Body)!["code"]! is var code && !operation.Problems.Contains(code) ? $"{where}: {code} is not among its problems" : null;
    }

    private JsonSchema Compiled(JsonNode schema)
    {
        var text = schema.ToJsonString();
        lock (_schemas)
        {
            if (_schemas.TryGetValue(text, out var known)) return known;
            // The validator ignores what stands beside a reference, so the definitions get a place of their own.
            var whole = new JsonObject { ["allOf"] = new JsonArray(schema.DeepClone()), ["definitions"] = Json["components"]!["schemas"]!.DeepClone() };
            return _schemas[text] = JsonSchema.FromJsonAsync(whole.ToJsonString().Replace("#/components/schemas/", "#/definitions/")).GetAwaiter().GetResult();
        }
    }
}
