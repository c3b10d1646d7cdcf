#ifndef AZULEJO_DIALECTS_PLAN_PLANDIALECT_TD
#define AZULEJO_DIALECTS_PLAN_PLANDIALECT_TD

include "mlir/IR/OpBase.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::azulejo::plan";
  let summary =
      "The host program: buffers with lifetimes, launches, copies, and the values that live on the "
      "host.";
  let description = [{
    `plan` is what a compiled model does from one run's inputs to its outputs, seen from the host.
    It also owns what exists from the first stage to the last: weights (data that stays in its file)
    and the types that never become a buffer of numbers (string, sequence, optional, map, sparse).
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    /// The files that weights are read from; one store per context, safe to use from several
    /// threads.
    WeightStore &getWeightStore() { return *weightStore; }

    /// The module's attribute that lists the strings of its constants in order of their numbers.
    static ::llvm::StringRef getStringsAttrName() { return "plan.strings"; }

  private:
    void registerTypes();
    void registerAttributes();
    std::shared_ptr<WeightStore> weightStore;

  public:
  }];
}

#endif // AZULEJO_DIALECTS_PLAN_PLANDIALECT_TD
