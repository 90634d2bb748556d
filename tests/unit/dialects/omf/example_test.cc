#include "door.h"

// "Example OMF request and response": the published exchange: its codes, severities, parameters, nesting and
// order.
namespace penstock::dialects::omf {
namespace {

constexpr std::string_view kRequest = R"([
{"typeid": "ATypeIdWhichDoesNotExist",
 "values": [
  {"IndexProperty": "MyFirstStaticInstance", "ValuePropertyOne": "First value", "ValuePropertyTwo": "Second value"},
  {"IndexProperty": "MySecondStaticInstance", "ValuePropertyOne": "First value", "ValuePropertyTwo": "Second value"}]},
{"containerid": "AContainerThatExists",
 "values": [{"Time": "2017-01-01T00:00:00Z", "Value": "foo"},
            {"Time": "2017-01-02T00:00:00Z", "Value": "bar"},
            {"Time": "2017-01-03T00:00:00Z", "Value": "baz"}]},
{"typeid": "__Link",
 "values": [{"source": {"typeId": "ATypeIDWhichDoesNotExist", "index": "MyFirstStaticInstance"},
             "target": {"typeId": "ATypeIdWhichDoesNotExist", "index": "MySecondStaticInstance"}}]}])";

constexpr std::string_view kMessages = R"([
{"MessageIndex": 0,
 "Events": [
  {"Event": {"Message": "The type is named without a version, so version 1.0.0.0 is assumed.",
             "Reason": "A version makes clear which definition is meant.",
             "Suggestions": ["Send 'typeversion' together with 'typeid'."],
             "EventCode": 1800, "Severity": "Warning",
             "Parameters": [{"Name": "TypeID", "Value": "ATypeIdWhichDoesNotExist"}]},
   "ExceptionInfo": null, "InnerEvents": []},
  {"Event": {"Message": "No type of this id and version is defined.",
             "Reason": "Static data can only be kept for a type that was created before.",
             "Suggestions": ["Use the id and version of a type that is there.",
                             "Send the type message first, then the data."],
             "EventCode": 8675, "Severity": "Error",
             "Parameters": [{"Name": "TypeID", "Value": "ATypeIdWhichDoesNotExist"},
                            {"Name": "TypeVersion", "Value": "1.0.0.0"}]},
   "ExceptionInfo": {"Type": "OSIsoft.OMF.Loggers.OmfLoggableException",
                     "Message": "No type of this id and version is defined."},
   "InnerEvents": []},
  {"Event": {"Message": "Part of the message could not be stored.",
             "Reason": "What the events before this one name was left out; the rest is stored.",
             "Suggestions": ["Ask whoever runs this server.",
                             "Check that types were created before their data was sent.",
                             "Send the refused part again once its type is there."],
             "EventCode": 309, "Severity": "Critical",
             "Parameters": [{"Name": "Buffer", "Value": "OSIsoft.OMF.Storage.PI.AssetServerInstanceBuffer"}]},
   "ExceptionInfo": {"Type": "OSIsoft.OMF.Loggers.OmfLoggableException",
                     "Message": "Part of the message could not be stored."},
   "InnerEvents": []}],
 "Status": {"Code": 500, "HighestSeverity": "Critical"}},
{"MessageIndex": 2,
 "Events": [
  {"Event": {"Message": "The source of the link is not there.",
             "Reason": "Both ends of a link have to be there before they are linked.",
             "Suggestions": ["Name a source that is there.",
                             "Send the static instance with this 'typeid' and 'index' first."],
             "EventCode": 555, "Severity": "Error",
             "Parameters": [{"Name": "SourceTypeId", "Value": "ATypeIDWhichDoesNotExist"},
                            {"Name": "SourceIndex", "Value": "MyFirstStaticInstance"}]},
   "ExceptionInfo": {"Type": "OSIsoft.OMF.Loggers.OmfLoggableException",
                     "Message": "The source of the link is not there."},
   "InnerEvents": [
    {"Event": {"Message": "There is no such type.", "Reason": null, "Suggestions": [], "EventCode": 556, "Severity": "Error",
               "Parameters": [{"Name": "TypeId", "Value": "ATypeIDWhichDoesNotExist"}]},
     "ExceptionInfo": {"Type": "OSIsoft.OMF.Loggers.OmfLoggableException", "Message": "There is no such type."},
     "InnerEvents": []}]}],
 "Status": {"Code": 404, "HighestSeverity": "Error"}}])";

constexpr std::string_view kTypes =
    R"([{"id":"Words","classification":"dynamic","type":"object","properties":{
  "Time":{"type":"string","format":"date-time","isindex":true},"Value":{"type":"string"}}}])";
constexpr std::string_view kContainers = R"([{"id":"AContainerThatExists","typeid":"Words"}])";

class PublishedExample : public OmfHouse {};

TEST_F(PublishedExample, IsAnsweredWordByWordInItsOwnShape) {
  settings_.event_shape = EventShape::example;
  ASSERT_EQ(send("type", "create", kTypes).status, 201);
  ASSERT_EQ(send("container", "create", kContainers).status, 201);

  const Answer answer = send("data", "create", kRequest, "1.1");

  EXPECT_EQ(answer.status, 500);
  EXPECT_TRUE(Uuid::parse(*answer.body.find("OperationId")->as_string()).has_value());
  const auto expected = json::parse(kMessages);
  ASSERT_TRUE(expected.has_value());
  EXPECT_EQ(answer.body.find("Messages")->to_string(), expected->to_string());
  EXPECT_EQ(content("AContainerThatExists"), "00:00:00 'foo'; 00:00:00 'bar'; 00:00:00 'baz'");
}

TEST_F(PublishedExample, HasBothSpellingsOfEachEventByDefault) {
  const Answer answer = send("data", "create", kRequest, "1.1");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.summary(), (Lines{"0:[W1800 E8675 C309] 500", "1:[E5002] 404", "2:[E555] 404"}));
  for (const json::Value& message : answer.messages()) {
    for (const json::Value& event : message.find("Events")->array()) {
      for (const char* member : {"Message", "Reason", "Suggestions", "EventCode", "Parameters"}) {
        ASSERT_NE(event.find("Event")->find(member), nullptr) << member;
        ASSERT_NE(event.find("EventInfo")->find(member), nullptr) << member;
        EXPECT_EQ(event.find("Event")->find(member)->to_string(),
                  event.find("EventInfo")->find(member)->to_string());
      }
      EXPECT_EQ(event.find("Event")->find("Severity")->to_string(), event.find("Severity")->to_string());
      EXPECT_EQ(event.find("EventInfo")->find("Severity"), nullptr);
    }
  }
}

TEST_F(PublishedExample, DoesNotWarnOfAVersionThatWasGiven) {
  const Answer answer =
      send("data", "update", R"([{"typeid":"Nope","typeversion":"2.0.0.0","values":[{"Id":"a"}]}])", "1.0");
  EXPECT_EQ(answer.summary(), Lines{"0:[E8675 C309] 500"});
}

}  // namespace
}  // namespace penstock::dialects::omf
