#include "azulejo/Artifact/Hash.h"
#include "runtime/Json.h"
#include "runtime/io/Argument.h"
#include "runtime/io/Compare.h"
#include "runtime/io/Npy.h"
#include "runtime/io/Print.h"
#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>

using namespace azulejo::runtime;
using namespace azulejo::runtime::io;

namespace {

Value parse(const std::string &text, azl_element_type expected = AZL_UNDEFINED) {
  Value value;
  Status status = parseValue(text, expected, value);
  EXPECT_EQ(status.message, "");
  return value;
}

std::string errorOf(const std::string &text) {
  Value value;
  return parseValue(text, AZL_UNDEFINED, value).message;
}

TEST(Argument, valuesReadAsTheyPrint) {
  for (const char *text :
       {"2x3xf32=[1 2 3][4 5 -6.5]", "f64=0.1",
        "4xi64=-9223372036854775808 0 1 9223372036854775807", "2xui64=18446744073709551615 0",
        "3xi1=0 1 1", "2x2xbf16=[1 0.5][-3 256]", "5xi4=-8 -1 0 1 7", "3xui4=0 15 8",
        "5xi2=-2 -1 0 1 1", "2xf8E4M3FN=448 -0.0625", "4xf4E2M1=6 0.5 -1.5 -6", "2x0xf32=[][]",
        "2xi8=-128 127", "3xf16=65504 inf nan"})
    EXPECT_EQ(printTensor(parse(text).view(), 0), text);
  EXPECT_EQ(printTensor(parse("2x2xf32=7").view(), 0), "2x2xf32=[7 7][7 7]");
  EXPECT_EQ(printTensor(parse("2x2xint32").view(), 0), "2x2xi32=[0 0][0 0]");
  EXPECT_EQ(printTensor(parse("3x2xf32=1,2,3,4,5,6").view(), 3), "3x2xf32=[1 2][3 ...]...");
}

TEST(Argument, randomIsReproducible) {
  Value a = parse("100xf32=random:3"), b = parse("100xf32=random:3"), c = parse("100xf32=random:4");
  EXPECT_EQ(a.data, b.data);
  EXPECT_NE(a.data, c.data);
  Value d = parse("1000xi1=random");
  for (int64_t i = 0; i < d.count(); ++i)
    EXPECT_LE(loadElement(AZL_BOOL, d.data.data(), i), 1);
}

TEST(Argument, errors) {
  EXPECT_NE(errorOf("2xf32=1,2,3").find("it has 3 elements, and its type 2"), std::string::npos);
  EXPECT_NE(errorOf("2xf33=1,2").find("it should be @FILE.npy"), std::string::npos);
  EXPECT_NE(errorOf("2xf32=1,x").find("'x' is no float"), std::string::npos);
  EXPECT_NE(errorOf("99999999999x99999999999xf32=0").find("too large"), std::string::npos);
  EXPECT_NE(errorOf("i64=9223372036854775808").find("is no int64"), std::string::npos);
}

TEST(Argument, namesAndValuesAreToldApart) {
  EXPECT_EQ(splitArgument("x=2xf32=1").name, "x");
  EXPECT_EQ(splitArgument("2xf32=1").name, "");
  EXPECT_EQ(splitArgument("@a=b.npy").name, "");
  EXPECT_EQ(splitArgument("x=@a.npy").rest, "@a.npy");
}

TEST(Value, smallFloatsRoundToNearestEven) {
  uint16_t bits;
  auto half = [&](double value) {
    storeElement(AZL_FLOAT16, &bits, 0, value);
    return bits;
  };
  EXPECT_EQ(half(1.0), 0x3C00);
  EXPECT_EQ(half(2049), 0x6800);   // a tie, to even: 2048
  EXPECT_EQ(half(2051), 0x6802);   // a tie, to even: 2052
  EXPECT_EQ(half(65520), 0x7C00);  // beyond the largest: infinity
  EXPECT_EQ(half(5.9e-8), 0x0001); // the smallest
  EXPECT_EQ(half(-0.0), 0x8000);
  EXPECT_EQ(half(6.104e-5), 0x0400); // from subnormal to normal
  // Every number of every small float is stored as itself.
  for (azl_element_type type :
       {AZL_FLOAT16, AZL_BFLOAT16, AZL_FLOAT8E4M3FN, AZL_FLOAT8E4M3FNUZ, AZL_FLOAT8E5M2,
        AZL_FLOAT8E5M2FNUZ, AZL_FLOAT4E2M1, AZL_FLOAT8E8M0}) {
    for (int i = 0; i < 1 << azl_element_type_bits(type); ++i) {
      uint16_t in = i, out = 0;
      double value = loadElement(type, &in, 0);
      storeElement(type, &out, 0, value);
      if (!std::isnan(value))
        ASSERT_EQ(in, out) << azl_element_type_name(type) << " " << value;
    }
  }
}

TEST(Npy, writesWhatItReads) {
  std::string path = testing::TempDir() + "azulejo_value_test.npy";
  for (const char *text :
       {"2x3xf32=[1 2 3][4 5 6]", "f64=2", "3xi1=0 1 1", "2xbf16=1 3", "5xi4=-8 -1 0 1 7",
        "2xf8E5M2=1 2", "1xc64=1+2i", "0xi32=", "3xui2=0 3 2"}) {
    Value value, read;
    if (std::string(text) == "1xc64=1+2i") {
      value = Value(AZL_COMPLEX64, {1});
      float parts[] = {1, 2};
      std::memcpy(value.data.data(), parts, sizeof parts);
    } else {
      value = parse(text);
    }
    EXPECT_EQ(writeNpy(path, value.view()).message, "");
    EXPECT_EQ(readNpy(path, value.type, read).message, "");
    EXPECT_EQ(printTensor(read.view(), 0), text);
  }
  std::remove(path.c_str());
}

TEST(Npy, refusesDamage) {
  std::string path = testing::TempDir() + "azulejo_value_test_bad.npy";
  Value value = parse("2x3xf32=1"), read;
  ASSERT_FALSE(writeNpy(path, value.view()).failed());
  std::FILE *file = std::fopen(path.c_str(), "rb");
  std::vector<char> whole(1000);
  whole.resize(std::fread(whole.data(), 1, whole.size(), file));
  std::fclose(file);
  for (size_t size : {0ul, 5ul, 9ul, 20ul, whole.size() - 1}) {
    file = std::fopen(path.c_str(), "wb");
    std::fwrite(whole.data(), 1, size, file);
    std::fclose(file);
    EXPECT_TRUE(readNpy(path, AZL_FLOAT, read).failed()) << size;
  }
  std::remove(path.c_str());
}

TEST(Compare, saysWhatDiffers) {
  Value a = parse("2x2xf32=1,2,3,nan"), b = parse("2x2xf32=1,2,3.5,nan");
  EXPECT_TRUE(compare(a.view(), a.view(), {}).equal);
  Comparison comparison = compare(a.view(), b.view(), {});
  EXPECT_EQ(comparison.mismatches, 1);
  EXPECT_EQ(comparison.message.rfind("1 of 4 elements differ, first [1, 0]: 3, expected 3.5", 0),
            0u)
      << comparison.message;
  EXPECT_EQ(compare(a.view(), parse("4xf32=0").view(), {}).message,
            "it is a 2x2xf32, and a 4xf32 was expected");
  // 64-bit integers that round to the same double are different all the same.
  EXPECT_FALSE(
      compare(parse("i64=9007199254740993").view(), parse("i64=9007199254740992").view(), {})
          .equal);
}

TEST(Json, readsAndRefuses) {
  std::optional<Json> json =
      Json::parse(R"({"a": [1, -2, {"b": "x\u00e9\n\ud83d\ude00"}], "c": true, "d": null})");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["a"].elements()[1].integer(), -2);
  EXPECT_EQ(*(*json)["a"].elements()[2]["b"].string(), "x\xc3\xa9\n\xf0\x9f\x98\x80");
  EXPECT_FALSE((*json)["missing"]["deeper"].string());
  for (const char *bad : {"", "{", "[1,]", "{\"a\" 1}", "\"open", "1 2", "1.5", "\"\\u12\"", "nul",
                          "99999999999999999999"})
    EXPECT_FALSE(Json::parse(bad)) << bad;
  EXPECT_FALSE(Json::parse(std::string(100000, '[')));
}

TEST(Hash, isXxh64) {
  EXPECT_EQ(azulejo::xxh64("", 0), 0xef46db3751d8e999u);
  EXPECT_EQ(azulejo::xxh64("a", 1), 0xd24ec4f1a98c6e5bu);
  std::string text(1000, 'x');
  azulejo::Xxh64 pieces;
  for (size_t i = 0; i < text.size(); i += 37)
    pieces.update(text.data() + i, std::min<size_t>(37, text.size() - i));
  EXPECT_EQ(pieces.finish(), azulejo::xxh64(text.data(), text.size()));
}

} // namespace
