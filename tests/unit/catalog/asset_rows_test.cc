#include "base/bytes.h"
#include "house.h"

namespace penstock::catalog {
namespace {

template <class Row>
std::string bytes_of(const Row& row) {
  return Table<Row>::encode(row);
}

/// A row as another start of the server reads it.
template <class Row>
Row read_again(const Row& row) {
  const std::string bytes = bytes_of(row);
  ByteReader reader{bytes};
  auto read = Row::decode(row.key(), reader);
  EXPECT_TRUE(read && reader.ok() && reader.at_end());
  EXPECT_EQ(bytes_of(*read), bytes);
  return *std::move(read);
}

TEST(AssetRows, AreReadAsTheyWereWritten) {
  const House house;
  AfElementTemplate made = house.element_template("Pump");
  made.base = Uuid::random();
  made.description = "d";
  made.naming_pattern = "P-@";
  made.extensible = false;
  made.categories = {"A", "B"};
  made.extended = {{"k", "v"}};
  const AfElementTemplate element_template = read_again(made);
  EXPECT_EQ(element_template.base, made.base);
  EXPECT_FALSE(element_template.extensible);
  EXPECT_EQ(element_template.categories, made.categories);

  AfAttributeTemplate attribute_template = House::attribute_template(made, "Speed");
  attribute_template.trait = "LimitHi";
  attribute_template.display_digits = 3;
  attribute_template.hidden = true;
  attribute_template.value = Sample{Timestamp::from_unix_ns(0), std::int64_t{-7}, {}};
  const AfAttributeTemplate again = read_again(attribute_template);
  EXPECT_EQ(again.trait, "LimitHi");
  EXPECT_EQ(again.display_digits, 3);
  EXPECT_TRUE(again.hidden);
  EXPECT_EQ(std::get<std::int64_t>(again.value->value), -7);

  AfAttribute attribute = House::attribute(house.element("E"), "Speed");
  attribute.from_template = made.id;
  EXPECT_EQ(read_again(attribute).from_template, made.id);
  EXPECT_EQ(read_again(house.category("C", AfCategoryKind::attribute)).kind, AfCategoryKind::attribute);

  AfEnumerationSet set;
  set.id = Uuid::random();
  set.database = house.database.id;
  set.name = "Modes";
  set.values = {{Uuid::random(), -5, "Low", "d"}, {Uuid::random(), 70000, "High", ""}};
  EXPECT_EQ(read_again(set).values[0].value, -5);
}

TEST(AssetRows, AnAttributeOfTheFirstVersionIsRead) {
  const Uuid element = Uuid::random(), id = Uuid::random();
  std::string bytes;
  ByteWriter out{bytes};
  out.u8(1);
  out.fixed(element);
  out.u8(0);
  out.fixed(Uuid{});
  for (const char* text : {"Maker", "who", "String", "", "", "", ""}) out.text(text);
  out.u8(0b10001);  // A configuration item with a value.
  out.varint(1);
  out.text("Tags");
  out.svarint(5);
  out.u8(2);
  out.text("Us");
  out.fixed(std::uint16_t{0});
  out.u8(0);
  out.u8(0);
  ByteReader reader{bytes};
  const auto row = AfAttribute::decode({reinterpret_cast<const char*>(id.bytes), 16}, reader);
  ASSERT_TRUE(row && reader.ok() && reader.at_end());
  EXPECT_EQ(row->name, "Maker");
  EXPECT_TRUE(row->configuration_item);
  EXPECT_EQ(std::get<std::string>(row->value->value), "Us");
  EXPECT_FALSE(row->from_template.has_value());
  EXPECT_EQ(row->display_digits, -5);
}

TEST(AssetRows, BytesThatAreNoneAreRefused) {
  const House house;
  const AfElementTemplate row = house.element_template("Pump");
  const std::string bytes = bytes_of(row);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader reader{std::string_view{bytes}.substr(0, size)};
    const auto read = AfElementTemplate::decode(row.key(), reader);
    EXPECT_FALSE(read && reader.ok()) << size;
  }
  ByteReader reader{"\x09"};
  EXPECT_FALSE(AfCategory::decode(row.key(), reader).has_value());
}

TEST(AssetRows, TheCatalogLoadsThemFromTheirBytes) {
  House house;
  AfElementTemplate pump = house.element_template("Pump");
  AfElement element = house.element("P1", "Pump");
  ASSERT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    TRY_VOID(add_category(editor, house.category("A")));
    TRY_VOID(add_element_template(editor, pump));
    TRY_VOID(add_attribute_template(editor, House::attribute_template(pump, "Speed")));
    return add_element(editor, element);
  }),
            "");
  Catalog loaded;
  for (const TableId id : {TableId::af_databases, TableId::af_elements, TableId::af_attributes,
                           TableId::af_categories, TableId::af_templates, TableId::af_attribute_templates}) {
    house.tables.table(id)->for_each_encoded([&](std::string_view key, std::string row) {
      EXPECT_TRUE(loaded.apply({id, std::string{key}, std::move(row)}).has_value());
    });
  }
  const auto reader = loaded.read();
  EXPECT_EQ(reader->af_elements.of_template(house.database.id, "PUMP").size(), 1u);
  EXPECT_EQ(reader->af_attributes.children(element.id).size(), 1u);
  EXPECT_NE(reader->af_categories.find_name(house.database.id, AfCategoryKind::element, "a"), nullptr);
}

}  // namespace
}  // namespace penstock::catalog
