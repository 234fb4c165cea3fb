using Isa.Events.Benchmarks.Load;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>The requests that are measured.</summary>
internal static class Requests
{
    private const string Person = $$"""
        {"siteId":"zoom","fullName":"王小明 {{RequestTemplate.Number}}","familyName":"王","romanizedName":"Wang Xiaoming","email":"person-{{RequestTemplate.Number}}@example.org","language":"zh","audience":"cityRepresentative","organisation":"Stadt Foshan","city":"foshan","noticeVersion":"1"}
        """;

    public static LoadClient Register(ServerProcess server, string eventId, int expected = 201) => new(server.Address, Post(server, $"/v1/events/{eventId}/registrations"), expected);

    public static LoadClient TransactionPerRequest(ServerProcess server, string eventId) => new(server.Address, Post(server, $"/v1/baseline/events/{eventId}/registrations"), 201);

    public static LoadClient StoreNothing(ServerProcess server) => new(server.Address, Post(server, "/v1/baseline/registrations"), 201);

    public static LoadClient Get(ServerProcess server, string path, int expected, params string[] headers) => new(server.Address, new RequestTemplate("GET", path, null, null, headers), expected);

    public static LoadClient GetRegistration(ServerProcess server, string id) => new(server.Address, new RequestTemplate("GET", $"/v1/registrations/{id}", server.Key, null), 200);

    /// <summary>One person whose request comes again and again with the same key.</summary>
    public static LoadClient Repeat(ServerProcess server, string eventId, string key) =>
        new(server.Address, new RequestTemplate("POST", $"/v1/events/{eventId}/registrations", server.Key, Person.Replace(RequestTemplate.Number, key, StringComparison.Ordinal), $"Idempotency-Key: {key}"), 201);

    /// <summary>Those registered by <see cref="FilledTables"/> cancel, one after another.</summary>
    public static LoadClient Cancel(ServerProcess server, long first) => new(server.Address, new RequestTemplate("POST", $"{Filled}/cancel", server.Key, "").CountedFrom(first), 200);

    /// <summary>They move to a site, one after another.</summary>
    public static LoadClient ChangeSite(ServerProcess server, string siteId, long first) =>
        new(server.Address, new RequestTemplate("POST", $"{Filled}/change-site", server.Key, $$"""{"siteId":"{{siteId}}"}""").CountedFrom(first), 200);

    private static readonly string Filled = $"/v1/registrations/{FilledTables.IdOf(RequestTemplate.Number)}";

    private static RequestTemplate Post(ServerProcess server, string path) => new("POST", path, server.Key, Person, $"Idempotency-Key: attempt-{RequestTemplate.Number}");
}
