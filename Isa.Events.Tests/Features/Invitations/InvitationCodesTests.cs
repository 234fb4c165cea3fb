using Isa.Events.Api.Features.Invitations;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Invitations;

public class InvitationCodesTests(SharedHost host)
{
    [Fact]
    public void A_code_is_the_same_each_time_and_another_for_each_person_and_version()
    {
        var codes = host.Services.GetRequiredService<InvitationCodes>();
        var ids = Enumerable.Range(0, 1000).Select(i => $"ivt_{i:x32}").ToList();
        ids.Select(id => codes.Create(id, 1)).ShouldBe(ids.Select(id => codes.Create(id, 1)));
        ids.SelectMany(id => new[] { codes.Create(id, 1), codes.Create(id, 2) }).ShouldBeUnique();
        ids.ShouldAllBe(id => System.Text.RegularExpressions.Regex.IsMatch(codes.Create(id, 1), "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$"));
        // Every place takes every character: 12 of 5 bits each.
        for (var place = 0; place < 14; place++)
            if (place is not (4 or 9)) ids.Select(id => codes.Create(id, 1)[place]).Distinct().Count().ShouldBe(32);
    }

    [Theory]
    [InlineData("4kx7-0qrm-w9t1")]
    [InlineData(" 4KX7 0QRM W9T1 ")]
    [InlineData("4KX70QRMW9T1")]
    [InlineData("4kx7–oqrm—w9ti")]
    [InlineData("4KX7-OQRM-W9TL")]
    [InlineData("４ＫＸ７－０ＱＲＭ－Ｗ９Ｔ１")]
    public void A_code_is_read_as_people_type_it(string typed) => InvitationCodes.Hash(typed).ShouldBe(InvitationCodes.Hash("4KX7-0QRM-W9T1"));

    [Theory]
    [InlineData("")]
    [InlineData("4KX7-0QRM-W9T")]
    [InlineData("4KX7-0QRM-W9T12")]
    [InlineData("4KX7-0QRM-W9TU")]
    [InlineData("4KX7.0QRM.W9T1")]
    [InlineData("4KX7-0QRM-W9T😀")]
    public void What_cannot_be_a_code_is_none(string typed) => InvitationCodes.Hash(typed).ShouldBeNull();

    [Fact]
    public async Task Only_what_finds_a_code_is_stored()
    {
        var evt = await host.EventAsync();
        var code = (await host.InviteAsync(evt, "Anna")).Code();
        var stored = await host.Database.ReadAsync(session => session.One<byte[]>("SELECT code_hash FROM invitees WHERE event_id = @Id", new { Id = evt }), CancellationToken.None);
        stored.ShouldBe(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(code.Replace("-", ""))));
    }
}
