using CsCheck;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Problems;
using NodaTime;
using NodaTime.Text;

namespace Isa.Events.Tests.Features.Events;

public class EventTimesTests
{
    private static readonly string[] SomeZones = ["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu"];
    private static readonly Gen<string> ZoneIds = Gen.Int[0, SomeZones.Length - 1].Select(i => SomeZones[i]);
    private static readonly Gen<long> Minutes = Gen.Long[0, 60L * 24 * 365 * 40]; // from 2001 on

    [Fact]
    public void An_instant_printed_and_read_back_is_the_same_instant() => Gen.Select(ZoneIds, Minutes).Sample((id, minutes) =>
    {
        var zone = Zones.Get(id);
        var instant = new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes);
        EventTimes.Resolve(EventTimes.Print(instant, zone), zone, "x").ShouldBe(instant);
    });

    [Fact]
    public void A_wall_time_without_an_offset_is_taken_exactly_when_it_happens_once() => Gen.Select(ZoneIds, Minutes).Sample((id, minutes) =>
    {
        var zone = Zones.Get(id);
        var wall = new LocalDateTime(2001, 1, 1, 0, 0).PlusMinutes(minutes);
        var text = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Format(wall);
        var mapping = zone.MapLocal(wall);
        if (mapping.Count == 1) EventTimes.Resolve(text, zone, "x").ShouldBe(mapping.Single().ToDateTimeOffset());
        else Should.Throw<ProblemException>(() => EventTimes.Resolve(text, zone, "x")).Errors[0].Code.ShouldBe(mapping.Count == 0 ? FieldCode.TimeInGap : FieldCode.AmbiguousTime);
    });

    [Theory]
    [InlineData("2020-10-09", "2020-10-09T22:00:00Z")]
    [InlineData("P7D", "2020-10-09T22:00:00Z")]
    [InlineData("P1W", "2020-10-09T22:00:00Z")]
    [InlineData("P0D", "2020-10-16T22:00:00Z")]
    [InlineData("PT36H", "2020-10-14T19:00:00Z")]
    [InlineData("2020-10-09T18:00", "2020-10-09T16:00:00Z")]
    [InlineData("2020-10-24", "2020-10-24T22:00:00Z")]
    [InlineData("2020-10-25", "2020-10-25T23:00:00Z")]
    public void A_deadline_means_the_whole_day_or_the_very_instant(string rule, string closesAt) =>
        EventTimes.ResolveRule(rule, new DateTimeOffset(2020, 10, 16, 7, 0, 0, TimeSpan.Zero), Zones.Get("Europe/Berlin"), "x", closes: true)
            .ShouldBe(DateTimeOffset.Parse(closesAt, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Random_text_is_refused_by_name_and_never_breaks() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["0123456789-:TPZ+DWHM."], 0, 25]).Sample(text =>
    {
        try
        {
            EventTimes.ResolveRule(text, new DateTimeOffset(2020, 10, 16, 7, 0, 0, TimeSpan.Zero), Zones.Get("Europe/Berlin"), "x", closes: true);
        }
        catch (ProblemException e)
        {
            e.Errors[0].Field.ShouldBe("x");
        }
    }, iter: 20_000);
}
