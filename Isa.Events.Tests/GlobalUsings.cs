global using System.Net;
global using System.Text.Json.Nodes;
global using Isa.Events.Tests.Support;
global using Shouldly;
global using Xunit;
