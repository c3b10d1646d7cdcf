#include "lib/Import/Schemas/Schemas.h"
#include "lib/Import/Schemas/Operator.h"
#include <atomic>

namespace azulejo::schemas {

#define AZULEJO_SCHEMA_FAMILY(name) void add##name##Schemas();
#include "lib/Import/Schemas/Families.inc"

void registerSchemas() {
  [[maybe_unused]] static const bool once = [] {
    ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance().AddDomainToVersion(microsoftDomain,
                                                                                  1, 1);
#define AZULEJO_SCHEMA_FAMILY(name) add##name##Schemas();
#include "lib/Import/Schemas/Families.inc"
    return true;
  }();
}

static std::atomic<bool> asked = false;

bool haveSchemasBeenAsked() { return asked; }

const std::vector<::onnx::OpSchema> &getSchemas() {
  static const std::vector<::onnx::OpSchema> all = [] {
    asked = true;
    registerSchemas();
    return ::onnx::OpSchemaRegistry::get_all_schemas_with_history();
  }();
  return all;
}

} // namespace azulejo::schemas
