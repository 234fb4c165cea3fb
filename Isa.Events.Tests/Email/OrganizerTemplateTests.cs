using CsCheck;
using Isa.Events.Api.Email;
using Isa.Events.Api.Http;
using Isa.Events.Api.Problems;

namespace Isa.Events.Tests.Email;

/// <summary>A wrong template is refused where it is wrong, and one that was taken can be filled in for everybody.</summary>
public class OrganizerTemplateTests
{
    [Theory]
    [InlineData("{{ name", 1, 1)]
    [InlineData("gut\n  {{ name\n\nWir freuen uns auf {{ event }}.", 2, 3)]
    [InlineData("Don't {{ name isn't\n{{ event }} don't", 1, 7)]
    [InlineData("{{ name }", 1, 1)]
    [InlineData("{{ \"abc }}", 1, 4)]
    [InlineData("{{ {{ name }} }}", 1, 4)]
    [InlineData("{% if {{ name }} %}x{% endif %}", 1, 7)]
    [InlineData("{% if {{ name }} x{% endif %}", 1, 1)]
    [InlineData("{% if name }}x{% endif %}", 1, 12)]
    [InlineData("{{ name %}", 1, 9)]
    [InlineData("{{ }}", 1, 4)]
    [InlineData("{{ name event }}", 1, 9)]
    [InlineData("{{ name == \"x\" }}", 1, 9)]
    [InlineData("{{ name and event }}", 1, 9)]
    [InlineData("{{ and }}", 1, 4)]
    [InlineData("{{ (1..3) }}", 1, 4)]
    [InlineData("{{ 1..3 }}", 1, 6)]
    [InlineData("{{ „name“ }}", 1, 4)]
    [InlineData("{{ name | | upcase }}", 1, 11)]
    [InlineData("{{ name | default: }}", 1, 20)]
    [InlineData("{{ name | default: 'b', }}", 1, 25)]
    [InlineData("{{ name | default 'b' }}", 1, 19)]
    [InlineData("{{ name | upcase | }}", 1, 20)]
    [InlineData("{% if %}x{% endif %}", 1, 7)]
    [InlineData("{% if name = \"x\" %}a{% endif %}", 1, 12)]
    [InlineData("{% if name == %}a{% endif %}", 1, 15)]
    [InlineData("{% if name and %}a{% endif %}", 1, 16)]
    [InlineData("{% if name == \"x\" == \"y\" %}a{% endif %}", 1, 19)]
    [InlineData("{% if not name %}a{% endif %}", 1, 7)]
    [InlineData("{% if (name) %}a{% endif %}", 1, 7)]
    [InlineData("{% if name | upcase == \"X\" %}a{% endif %}", 1, 12)]
    [InlineData("{% if name == „x“ %}a{% endif %}", 1, 15)]
    [InlineData("ab\n {% elsif name %}", 2, 5)]
    [InlineData("ab {% else %}", 1, 7)]
    [InlineData("ab {% endif %}", 1, 7)]
    [InlineData("{% if name %}a{% else if event %}b{% endif %}", 1, 23)]
    [InlineData("{% if name %}a{% else %}b{% else %}c{% endif %}", 1, 29)]
    [InlineData("{% if name %}a{% else %}b{% elsif event %}c{% endif %}", 1, 29)]
    [InlineData("{% unless name %}a{% elsif event %}b{% endunless %}", 1, 22)]
    [InlineData("{% if name %}a{% endunless %}", 1, 18)]
    [InlineData("{% if name %}a{% endif name %}", 1, 24)]
    [InlineData("a\n{% if name %}b{% if event %}c{% endif %}", 2, 4)]
    [InlineData("{% case %}{% when 1 %}x{% endcase %}", 1, 9)]
    [InlineData("{% case site %}{% when %}x{% endcase %}", 1, 24)]
    [InlineData("{% when 'a' %}", 1, 4)]
    [InlineData("{% case site %} {{ name }} {% when 1 %}x{% endcase %}", 1, 17)]
    [InlineData("ab\ncd {% for i in name %}{{ i }}{% endfor %}", 2, 7, "for")]
    [InlineData("{% assign x = 1 %}{{ x }}", 1, 4, "assign")]
    [InlineData("{% if name %}a{% elseif event %}b{% endif %}", 1, 18, "elseif")]
    [InlineData("{% endfor %}", 1, 4, "endfor")]
    [InlineData("{% endraw %}", 1, 4)]
    [InlineData("{% 'x' %}", 1, 4)]
    [InlineData("{% IF name %}a{% endif %}", 1, 4, "IF")]
    [InlineData("{% %}", 1, 4)]
    [InlineData("{% raw %}{{ name }}", 1, 4)]
    [InlineData("{% comment %}a{% endcomment x %}", 1, 4)]
    [InlineData("{{ nome }} {% if name = 1 %}{% endif %}", 1, 4, "nome")]
    [InlineData("{% if name = 1 %}{{ nome }}{% endif %}", 1, 12)]
    [InlineData("{{ name }}\n{{ nome }} {{ nme", 2, 4, "nome")]
    [InlineData("nme \"nme\" {{ \"nme\" }} {{ nme }}", 1, 26, "nme")]
    [InlineData("{% comment %}{{ nme }}{% endcomment %}{% raw %}{{ nme }}{% endraw %}\n{{nme}}", 2, 3, "nme")]
    [InlineData("{# nme #}{% # nme %}{{ nme }}", 1, 24, "nme")]
    [InlineData("{% # don't %}{{ nme }}", 1, 17, "nme")]
    [InlineData("{{ organizer | default: nme }}", 1, 25, "nme")]
    [InlineData("{{ names }} {{ name }}", 1, 4, "names")]
    [InlineData("{% if name == \"nme\" or nme %}x{% endif %}", 1, 24, "nme")]
    [InlineData("{% case site %}{% when \"a\", nme %}x{% endcase %}", 1, 29, "nme")]
    [InlineData("{{ 名字 }}", 1, 4, "名字")]
    [InlineData("a {{ name[0] }}", 1, 6, "name[0]")]
    [InlineData("a {{ name.size }}", 1, 6, "name.size")]
    [InlineData("{{ event }} {% if name['x'].y %}z{% endif %}", 1, 19, "name['x'].y")]
    [InlineData("{{ name | replace: 'a', 'b' }}", 1, 11, "replace")]
    [InlineData("{{ \"replace\" | default: \"a\" | replace: 'a' }}", 1, 31, "replace")]
    [InlineData("{{-nme-}}", 1, 4, "nme")]
    public void A_mistake_is_told_where_it_is(string template, long line, long column, string? name = null)
    {
        var error = OrganizerTemplate.Wrong(template, "body").ShouldNotBeNull();
        error.Code.Code.ShouldBe(name is null ? "invalid-template" : "unknown-name");
        error.Arguments.Take(3).ShouldBe(name is null ? [line, column] : [line, column, name]);
    }

    [Theory]
    [InlineData("{% for x in name %}{% endfor %}", "if, elsif, else, unless, case, when, comment, raw")]
    [InlineData("{{ name | replace: 'a', 'b' }}", "default, upcase, downcase, capitalize, strip")]
    public void What_does_not_exist_is_told_with_what_does(string template, string allowed) =>
        OrganizerTemplate.Wrong(template, "body")!.Arguments[3].ShouldBe(allowed);

    [Theory]
    [InlineData("{{ nil }}")]
    [InlineData("{% if name %}{% endif %}")]
    [InlineData("{% if name %} {% elsif event %}{{ nil }}{% else %}\n{% comment %}x{% endcomment %}{% endif %}")]
    [InlineData("{% case name %}{% when 'a' %}{{ '' }}{% endcase %}{% # x %}")]
    [InlineData("{% unless name %}{% raw %} {% endraw %}{% endunless %}")]
    public void One_of_which_nothing_can_come_for_anybody_is_refused(string template) => OrganizerTemplate.Wrong(template, "body")!.Code.ShouldBe(FieldCode.EmptyTemplate);

    [Theory]
    [InlineData("{% if note %}{{ note }}{% endif %}")]
    [InlineData("{% unless name %}x{% endunless %}")]
    [InlineData("{% if note %}{% raw %}x{% endraw %}{% endif %}")]
    [InlineData("{% case note %}{% when 'a' %}{{ nil | default: note }}{% endcase %}")]
    public void One_of_which_something_can_come_for_somebody_is_taken(string template) => OrganizerTemplate.Wrong(template, "body").ShouldBeNull();

    [Fact]
    public void Of_too_many_places_in_braces_the_first_is_told()
    {
        var most = string.Concat(Enumerable.Repeat("{{ name }}\n", 100));
        OrganizerTemplate.Wrong(most, "body").ShouldBeNull();
        var error = OrganizerTemplate.Wrong($"{most}ab {{{{ name }}}}{{{{ name }}}}", "body").ShouldNotBeNull();
        error.Code.ShouldBe(FieldCode.TooManyTags);
        error.Arguments.ShouldBe([101L, 4L, 100]);
        error.Code.Text(Language.En, [.. error.Arguments]).ShouldBe("Line 101, column 4: a template has at most 100 places in braces.");
    }

    [Theory]
    [InlineData("{%- if name -%} a {%- endif -%}", "a")]
    [InlineData("{{ \"}}\" }}{{ '%}' }}", "}}%}")]
    [InlineData("{% if name == '%}' or name contains \"n\" and 1 < 2.5 %}x{% else %}y{% endif %}", "x")]
    [InlineData("{% case name %}{% when 'a', 'b' or \"Anna\" %}x{% else %}y{% endcase %}", "x")]
    [InlineData("{{ gone | default: organizer | default: \"it's\" | upcase }}", "IT'S")]
    [InlineData("{% raw %}{{ nme }}{% endraw %}{% comment %}{% if %}{% endcomment %} } {x }} %} {{name}}", "{{ nme }} } {x }} %} Anna")]
    [InlineData("{% # don't %}{% unless gone != blank and gone != null %}x{% endunless %}", "x")]
    public void What_is_right_is_taken(string template, string said)
    {
        template = template.Replace("gone", "note", StringComparison.Ordinal);
        OrganizerTemplate.Wrong(template, "body").ShouldBeNull();
        PlainHtml.Plain(OrganizerTemplate.Render(template, Values("Anna"))).ShouldBe(said);
    }

    private static readonly string[] Pieces =
    [
        "{{", "}}", "{%", "%}", "{{-", "-}}", "{%-", "-%}", "if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase", "comment", "endcomment", "raw", "endraw", "#", "for", "and", "or", "not", "contains", "name", "event", "nme", "upcase", "default",
        "|", ":", ",", ".", "[", "]", "(", ")", "..", "==", "=", "!=", "<", "<>", "'", "\"", "\\", "1", "-1", "1.5", "1x", "x", "nil", "null", "true", "-", "\n", "{", "}", "%", " ",
        "{{ name }}", "{% if name %}", "{% endif %}", "{% else %}", "{% case site %}", "{% when 'x' %}", "{% endcase %}", "{% comment %}", "{% endcomment %}", "{% raw %}", "{% endraw %}", "{{ 'x' | default: name }}",
    ];

    [Fact]
    public void What_was_taken_can_be_filled_in() => Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[1, 12].Select(Gen.Bool).Sample((pieces, spaced) =>
    {
        var template = string.Join(spaced ? " " : "", pieces);
        if (OrganizerTemplate.Wrong(template, "body") is { } wrong)
        {
            if (wrong.Arguments is [long line, long column, ..]) (line, column).ShouldBeGreaterThanOrEqualTo((1L, 1L));
            return;
        }

        foreach (var name in new[] { "Anna", null }) OrganizerTemplate.Render(template, Values(name));
    }, iter: 100_000);

    [Theory]
    [InlineData("{{ name }}", "<bdi>https://evil.example/x</bdi>")]
    [InlineData("{{ name | upcase }}", "<bdi>HTTPS://EVIL.EXAMPLE/X</bdi>")]
    [InlineData("{{ note | default: name }}", "<bdi>https://evil.example/x</bdi>")]
    [InlineData("{{ replaced }}, {{ registeredBy }}", "<bdi>https://evil.example/x</bdi>, <bdi>https://evil.example/x</bdi>")]
    [InlineData("https://own.example/?n={{ name }}", "https://own.example/?n=<bdi>https://evil.example/x</bdi>")]
    [InlineData("https://own.example/?r={{ reference }}.", "<a>https://own.example/?r=ISA-1</a>.")]
    [InlineData("{{ name }}https://own.example/", "<bdi>https://evil.example/x</bdi><a>https://own.example/</a>")]
    [InlineData("{{ joinLink }} {{ manageLink }} {{ note | default: 'https://own.example/' }}", "<a>https://events.example.org/join/_</a> <a>https://events.example.org/r/</a> <a>https://own.example/</a>")]
    [InlineData("{% if name contains 'evil' %}https://own.example/{% endif %}", "<a>https://own.example/</a>")]
    public void Whatever_somebody_calls_themselves_is_no_link(string template, string html)
    {
        OrganizerTemplate.Wrong(template, "body").ShouldBeNull();
        var said = OrganizerTemplate.Render(template, Values("https://evil.example/x"));
        System.Text.RegularExpressions.Regex.Replace(PlainHtml.Of(said, Language.De, Language.De), "<a href=\"([^\"]*)\" [^>]*>\\1</a>", "<a>$1</a>").ShouldBe(html);
        PlainHtml.Plain(said).ShouldNotContain('\uFDD0');
    }

    [Fact]
    public void What_looks_like_a_mark_ends_none() =>
        PlainHtml.Of(OrganizerTemplate.Render("{{ name }}", Values("a\uFDD1 https://evil.example/ \uFDD0b")), Language.De, Language.De).ShouldBe("<bdi>a https://evil.example/ b</bdi>");

    private static Dictionary<string, Phrase?> Values(string? name) => OrganizerTemplate.Names.ToDictionary(n => n.Name, n => n.Name switch
    {
        "name" or "replaced" or "registeredBy" => name is null ? null : new Phrase(name),
        "reference" => "ISA-1",
        "joinLink" => "https://events.example.org/join/_",
        "manageLink" => "https://events.example.org/r/",
        _ => null,
    });
}
