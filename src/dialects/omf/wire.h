#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/omf.h"
#include "http/json.h"

/// The shapes of *OMF with PI Web API* as plain structs: headers, and the items of each kind of message.
namespace penstock::dialects::omf {

enum class MessageType : std::uint8_t { type, container, data };
enum class Action : std::uint8_t { create, update, remove };
enum class Version : std::uint8_t { v1_0, v1_1, v1_2 };

/// "Message header keywords".
struct MessageHeaders {
  MessageType type = MessageType::data;
  Action action = Action::create;
  Version version = Version::v1_2;
  bool gzip = false;
  bool exceptions = false;  ///< `Accept-Verbosity` asks for ExceptionInfo.
};

/// One item of a container message.
struct ContainerItem {
  std::size_t index = 0;  ///< Position in the body.
  std::string id, type_id;
  std::string type_version;  ///< OMF 1.0 and 1.1; only echoed.
  std::optional<std::string> name, description, data_source, extrapolation;
  std::vector<std::string> tags, indexes;
  catalog::OmfTexts metadata;
  std::vector<std::pair<std::string, catalog::OmfHints>> overrides;
  std::optional<bool> future;  ///< `metadata.future`, if it is said.
};

/// One instance of a static type: its property values as sent.
struct StaticInstance {
  std::vector<std::pair<std::string, json::Value>> values;  ///< By key, as sent.
};

/// One item of a data message that holds instances of a static type.
struct StaticItem {
  std::size_t index = 0;
  std::string type_id, type_version;
  std::vector<StaticInstance> instances;
  std::vector<catalog::OmfProperty> extra;  ///< Item-level `properties` of OMF 1.2: of these instances alone.
};

struct LinkEnd {
  std::string type_id, index, container_id, property;
  bool is_container() const { return !container_id.empty(); }
};

/// One item of a data message with the type `__Link`.
struct LinkItem {
  std::size_t index = 0;
  std::vector<std::pair<LinkEnd, LinkEnd>> links;  ///< Source, target.
};

inline constexpr std::string_view kLinkType = "__Link";
inline constexpr std::string_view kDefaultTypeVersion = "1.0.0.0";
inline constexpr std::size_t kIdCharactersMax = 255;
inline constexpr std::size_t kPointNameBytesMax = 1023;
inline constexpr std::size_t kItemBytesMax = 4u << 20;      ///< Of a definition or instance, as rows.
inline constexpr std::size_t kTextBytesMax = 1u << 20;      ///< Of a text value.
inline constexpr std::size_t kMessagePointsMax = 250'000;   ///< Made by one message.
inline constexpr std::size_t kEditBytes = 256u << 10;       ///< An edit ends with the item that reaches it.
inline constexpr std::size_t kEditItems = 2000;             ///< At most.
inline constexpr std::size_t kCommandBytesMax = 16u << 20;  ///< Of one write command, in the journal.
inline constexpr std::size_t kItemEventsMax = 100;
inline constexpr std::size_t kAnswerEventsMax = 1000;

}  // namespace penstock::dialects::omf
