namespace Isa.Events.Tests;

public class SmokeTests(SharedHost host)
{
    [Fact]
    public async Task A_person_registers_and_gets_the_invite()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        var invite = (await host.Anybody.GetAsync(made.PathOf("invite"))).ShouldBe(HttpStatusCode.OK);
        invite.Text.ShouldContain("METHOD:REQUEST");
    }
}
