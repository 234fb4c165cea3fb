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

    private static RequestTemplate Post(ServerProcess server, string path) => new("POST", path, server.Key, Person, $"Idempotency-Key: attempt-{RequestTemplate.Number}");
}
